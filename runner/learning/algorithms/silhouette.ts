import { prng } from "../../prng.ts";
import { type Point, squaredDistance } from "./k-means.ts";

/**
 * The mean silhouette (b − a) / max(a, b), where a is a point's mean distance to its own cluster and b that to the
 * nearest other one; a point alone in its cluster counts 0. Of more than `mostPoints` points a seeded sample.
 */
export function silhouette(points: readonly Point[], labels: Int32Array, options: SampleOptions): number {
  const own = silhouettes(points, labels, samplePoints(points, options));
  return own.reduce((sum, value) => sum + value, 0) / own.length;
}

export interface SampleOptions {
  readonly seed: string;
  readonly mostPoints?: number;
}

/** Places of the points that silhouettes are taken of: all, or a seeded sample of them. */
export function samplePoints(points: readonly Point[], { seed, mostPoints = 1000 }: SampleOptions): readonly number[] {
  const all = Array.from(points.keys());
  return points.length <= mostPoints ? all : prng(seed).shuffled(all).slice(0, mostPoints);
}

/** The silhouette of each point of a sample within it. */
export function silhouettes(points: readonly Point[], labels: Int32Array, sample: readonly number[]): Float64Array {
  const clusterCount = labels.reduce((most, label) => Math.max(most, label + 1), 0);
  return Float64Array.from(sample, (index) => silhouetteOf(index, { points, labels, sample, clusterCount }));
}

function silhouetteOf(
  index: number,
  among: {
    readonly points: readonly Point[];
    readonly labels: Int32Array;
    readonly sample: readonly number[];
    readonly clusterCount: number;
  },
): number {
  const point = among.points[index] ?? new Float64Array();
  const distances = new Float64Array(among.clusterCount);
  const counts = new Float64Array(among.clusterCount);
  for (const other of among.sample) {
    if (other === index) continue;
    const label = among.labels[other] ?? 0;
    distances[label] = (distances[label] ?? 0) + Math.sqrt(squaredDistance(point, among.points[other] ?? point));
    counts[label] = (counts[label] ?? 0) + 1;
  }
  const own = among.labels[index] ?? 0;
  if ((counts[own] ?? 0) === 0) return 0;
  const within = (distances[own] ?? 0) / (counts[own] ?? 1);
  let between = Infinity;
  for (let label = 0; label < among.clusterCount; label++) {
    const count = counts[label] ?? 0;
    if (label !== own && count > 0) between = Math.min(between, (distances[label] ?? 0) / count);
  }
  const larger = Math.max(within, between);
  return between === Infinity || larger === 0 ? 0 : (between - within) / larger;
}
