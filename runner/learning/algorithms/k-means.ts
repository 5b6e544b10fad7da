import { itemAt, prng, type Prng } from "../../prng.ts";

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
  const labels = new Int32Array(points.length);
  const distances = new Float64Array(points.length).fill(Infinity);
  for (const [label, centroid] of centroids.entries()) approach(centroid, label, { points, labels, distances });
  return labels;
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

/** The same; as soon as it is sure to be no less than the limit, what it has come to by then. */
function distanceWithin(left: Point, right: Point, limit: number): number {
  let sum = 0;
  for (let index = 0; index < left.length && sum < limit; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    sum += difference * difference;
  }
  return sum;
}

/** k-means++ (Arthur and Vassilvitskii, 2007): each next centroid is a point drawn by its squared distance to the others. */
function spreadCentroids(points: readonly Point[], k: number, random: Prng): readonly Point[] {
  const centroids = [random.pick(points)];
  const nearest = {
    points,
    labels: new Int32Array(points.length),
    distances: new Float64Array(points.length).fill(Infinity),
  };
  while (centroids.length < k) {
    approach(centroids.at(-1) ?? new Float64Array(), centroids.length - 1, nearest);
    centroids.push(drawByWeight(points, nearest.distances, random.uniform()));
  }
  return centroids;
}

/** Gives the points that lie nearer to this centroid than to all before it its label. */
function approach(
  centroid: Point,
  label: number,
  nearest: { readonly points: readonly Point[]; readonly labels: Int32Array; readonly distances: Float64Array },
): void {
  const { points, labels, distances } = nearest;
  for (let index = 0; index < points.length; index++) {
    const nearer = distances[index] ?? 0;
    const distance = distanceWithin(points[index] ?? centroid, centroid, nearer);
    if (distance >= nearer) continue;
    distances[index] = distance;
    labels[index] = label;
  }
}

function drawByWeight(points: readonly Point[], weights: Float64Array, uniform: number): Point {
  let left = uniform * weights.reduce((sum, weight) => sum + weight, 0);
  const drawn = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return itemAt(points, drawn === -1 ? points.length - 1 : drawn);
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
