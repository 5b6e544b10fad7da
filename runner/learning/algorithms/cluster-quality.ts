import { prng } from "../../prng.ts";
import { adjustedRandIndex } from "./adjusted-rand-index.ts";
import { assignToCentroids, type Clustering, kMeans, type Point } from "./k-means.ts";
import { silhouette } from "./silhouette.ts";

/** How sound k clusters are. */
export interface ClusterQuality {
  readonly k: number;
  readonly wcss: number;
  readonly silhouette: number;
  /** Mean silhouette of as many clusters of the same columns, each shuffled by itself: what no structure looks like. */
  readonly shuffledSilhouette: number;
  /** Mean adjusted Rand index between these clusters and those of points drawn anew. */
  readonly bootstrapAri: number;
  readonly smallestShare: number;
}

export interface QualityOptions {
  readonly seed: string;
  readonly resamples?: number;
  readonly shuffles?: number;
}

/** Judges a clustering against shuffled columns and against resampled points. */
export function clusterQuality(
  points: readonly Point[],
  clustering: Clustering,
  options: QualityOptions,
): ClusterQuality {
  const { seed, resamples = 20, shuffles = 3 } = options;
  const k = clustering.centroids.length;
  const sizes = clustering.centroids.map((_, label) => clustering.labels.filter((one) => one === label).length);
  const ariOf = (_: unknown, resample: number): number => {
    const random = prng(`${seed}/resample/${k}/${resample}`);
    const drawn = points.map(() => random.pick(points));
    const { centroids } = kMeans(drawn, { k, starts: 4, seed: `${seed}/resample/${k}/${resample}` });
    return adjustedRandIndex(clustering.labels, assignToCentroids(points, centroids));
  };
  const controlOf = (_: unknown, shuffle: number): number => {
    const shuffled = shuffleColumns(points, `${seed}/shuffle/${shuffle}`);
    return silhouette(shuffled, kMeans(shuffled, { k, starts: 4, seed: `${seed}/shuffle/${k}` }).labels, { seed });
  };
  return {
    k,
    wcss: clustering.wcss,
    silhouette: silhouette(points, clustering.labels, { seed }),
    shuffledSilhouette: mean(Array.from({ length: shuffles }, controlOf)),
    bootstrapAri: mean(Array.from({ length: resamples }, ariOf)),
    smallestShare: Math.min(...sizes) / points.length,
  };
}

function shuffleColumns(points: readonly Point[], seed: string): readonly Point[] {
  const result = points.map((point) => point.slice());
  const width = points[0]?.length ?? 0;
  for (let axis = 0; axis < width; axis++) {
    const order = prng(`${seed}/${axis}`).shuffled(points);
    for (const [index, point] of result.entries()) point[axis] = order[index]?.[axis] ?? 0;
  }
  return result;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
