import { prng, type Prng } from "../../prng.ts";

/** A point in the space of standardised features. */
export type Point = Float64Array;

export interface Clustering {
  readonly centroids: readonly Point[];
  /** The index of each point's centroid. */
  readonly labels: Int32Array;
  /** Within-cluster sum of squared distances. */
  readonly wcss: number;
}

/** Lloyd's algorithm from several k-means++ starts; the one with the smallest sum of squares, of equal ones the first. */
export function kMeans(
  points: readonly Point[],
  options: { readonly k: number; readonly starts?: number; readonly seed: string },
): Clustering {
  const { k, starts = 10, seed } = options;
  if (k < 1 || points.length < k) throw new RangeError(`${points.length} points cannot make ${k} clusters.`);
  const random = prng(seed);
  let best = converge(points, spreadCentroids(points, k, random));
  for (let start = 1; start < starts; start++) {
    const other = converge(points, spreadCentroids(points, k, random));
    if (other.wcss < best.wcss) best = other;
  }
  return best;
}

/** The index of the nearest centroid of each point, of equally near ones the first. */
export function assignToCentroids(points: readonly Point[], centroids: readonly Point[]): Int32Array {
  return Int32Array.from(points, (point) => nearest(point, centroids).index);
}

/** Squared Euclidean distance. */
export function squaredDistance(left: Point, right: Point): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    sum += difference * difference;
  }
  return sum;
}

/** k-means++ (Arthur and Vassilvitskii, 2007): each next centroid is a point drawn by its squared distance to the others. */
function spreadCentroids(points: readonly Point[], k: number, random: Prng): readonly Point[] {
  const centroids = [random.pick(points)];
  while (centroids.length < k) {
    const weighted = points.map((point) => [point, nearest(point, centroids).distance] as const);
    centroids.push(random.weighted(weighted));
  }
  return centroids;
}

function converge(points: readonly Point[], start: readonly Point[]): Clustering {
  let centroids = start;
  let labels = assignToCentroids(points, centroids);
  for (let round = 0; round < 300; round++) {
    centroids = moveToMeans(points, labels, centroids);
    const next = assignToCentroids(points, centroids);
    const isSettled = next.every((label, index) => label === labels[index]);
    labels = next;
    if (isSettled) break;
  }
  const wcss = points.reduce(
    (sum, point, index) => sum + squaredDistance(point, centroids[labels[index] ?? 0] ?? point),
    0,
  );
  return { centroids, labels, wcss };
}

/** The means of the points of each centroid; one that lost all its points stays where it was. */
function moveToMeans(points: readonly Point[], labels: Int32Array, centroids: readonly Point[]): readonly Point[] {
  const sums = centroids.map((centroid) => new Float64Array(centroid.length));
  const counts = new Float64Array(centroids.length);
  for (const [index, point] of points.entries()) {
    const label = labels[index] ?? 0;
    const sum = sums[label] ?? new Float64Array();
    for (let axis = 0; axis < point.length; axis++) sum[axis] = (sum[axis] ?? 0) + (point[axis] ?? 0);
    counts[label] = (counts[label] ?? 0) + 1;
  }
  return sums.map((sum, label) => {
    const count = counts[label] ?? 0;
    return count === 0 ? (centroids[label] ?? sum) : sum.map((value) => value / count);
  });
}

function nearest(point: Point, centroids: readonly Point[]): { index: number; distance: number } {
  let best = { index: 0, distance: Infinity };
  for (const [index, centroid] of centroids.entries()) {
    const distance = squaredDistance(point, centroid);
    if (distance < best.distance) best = { index, distance };
  }
  return best;
}
