import * as z from "zod";

import { chooseClusters, type ClusterChoice } from "./choose-clusters.ts";
import { type ClusterQuality, clusterQuality } from "./cluster-quality.ts";
import { alignFeatures, type FeatureTable } from "./feature-table.ts";
import { assignToCentroids, type Clustering, kMeans, type Point, squaredDistance } from "./k-means.ts";
import { matchClusters } from "./match-clusters.ts";
import { TrainingDataError } from "./training-data-error.ts";

export const clusterSettingsSchema = z.strictObject({
  /** Numbers of clusters to try; two would mostly be the outliers and the rest. */
  clusters: z.array(z.int().min(2)).min(1).readonly().default([3, 4, 5, 6, 7, 8]),
  /** Features of mostly small values: ln(value + 0.01) is taken before they are standardised. */
  logged: z.array(z.string()).readonly().default([]),
  seed: z.string().default("k_means"),
});

export const clusterModelSchema = z.strictObject({
  algorithm: z.literal("k_means"),
  features: z.array(z.string()).readonly(),
  logged: z.array(z.string()).readonly(),
  means: z.array(z.number()).readonly(),
  deviations: z.array(z.number()).readonly(),
  /** In standardised features. */
  clusters: z.array(z.strictObject({ number: z.int().min(0), centroid: z.array(z.number()).readonly() })).readonly(),
});

export type ClusterModel = Readonly<z.infer<typeof clusterModelSchema>>;

type Space = Omit<ClusterModel, "algorithm" | "clusters">;

/** What clustering found: the model to serve, the curve over all k, and why this k. */
export interface ClusterResult {
  readonly model: ClusterModel;
  readonly curve: readonly ClusterQuality[];
  readonly choice: ClusterChoice;
}

/** Clusters rows without missing values; clusters keep the numbers they had in the former model. */
export function fitClusters(table: FeatureTable, settings: unknown, former: ClusterModel | null): ClusterResult {
  const { clusters: sizes, logged, seed } = clusterSettingsSchema.parse(settings);
  const space = fitSpace(table, logged);
  const points = clusterPoints(table, space);
  const clusterings = sizes.filter((k) => k < points.length).map((k) => kMeans(points, { k, seed: `${seed}/${k}` }));
  const curve = clusterings.map((clustering) => clusterQuality(points, clustering, { seed }));
  const choice = chooseClusters(curve);
  const chosen = clusterings.find(({ centroids }) => centroids.length === choice?.k);
  if (choice === null || chosen === undefined) {
    throw new TrainingDataError(`${points.length} rows are fewer than the clusters to be made of them.`);
  }
  return { model: { algorithm: "k_means", ...space, clusters: numberClusters(chosen, space, former) }, curve, choice };
}

/** The number of each row's cluster. */
export function assignClusters(table: FeatureTable, model: ClusterModel): Int32Array {
  const centroids = model.clusters.map(({ centroid }) => Float64Array.from(centroid));
  const labels = assignToCentroids(clusterPoints(table, model), centroids);
  return labels.map((label) => model.clusters[label]?.number ?? -1);
}

/** Each row's distance to the centroid of its cluster, in standard deviations. */
export function centroidDistances(table: FeatureTable, model: ClusterModel): Float64Array {
  const centroids = model.clusters.map(({ centroid }) => Float64Array.from(centroid));
  return Float64Array.from(clusterPoints(table, model), (point) =>
    Math.sqrt(centroids.reduce((least, one) => Math.min(least, squaredDistance(point, one)), Infinity)),
  );
}

/** By number; without a former model the largest cluster is 0. */
function numberClusters(clustering: Clustering, space: Space, former: ClusterModel | null): ClusterModel["clusters"] {
  const sizeOf = (label: number): number => clustering.labels.filter((one) => one === label).length;
  const order = Array.from(clustering.centroids.keys()).toSorted((left, right) => sizeOf(right) - sizeOf(left));
  const centroids = order.flatMap((label) => clustering.centroids[label] ?? []);
  const known = former !== null && isSameSpace(former, space) ? former : null;
  const numbers = matchClusters(
    centroids,
    (known?.clusters ?? []).map(({ number, centroid }) => ({
      number,
      centroid: moveSpace(centroid, known ?? space, space),
    })),
  );
  return centroids
    .map((centroid, index) => ({ number: numbers[index] ?? index, centroid: Array.from(centroid) }))
    .toSorted((left, right) => left.number - right.number);
}

function isSameSpace(left: Space, right: Space): boolean {
  return JSON.stringify([left.features, left.logged]) === JSON.stringify([right.features, right.logged]);
}

/** A centroid in standard units of one time in those of another. */
function moveSpace(centroid: readonly number[], from: Space, to: Space): Point {
  return Float64Array.from(centroid, (value, axis) => {
    const raw = value * (from.deviations[axis] ?? 1) + (from.means[axis] ?? 0);
    return (raw - (to.means[axis] ?? 0)) / (to.deviations[axis] ?? 1);
  });
}

function fitSpace(table: FeatureTable, logged: readonly string[]): Space {
  const columns = table.names.map((name, index) =>
    transform(table.columns[index] ?? new Float64Array(), logged.includes(name)),
  );
  const means = columns.map(average);
  const deviations = columns.map(
    (column, index) => Math.sqrt(average(column.map((value) => (value - (means[index] ?? 0)) ** 2))) || 1,
  );
  return { features: table.names, logged, means, deviations };
}

/** Rows as points in the standardised features of a model. */
export function clusterPoints(table: FeatureTable, space: Space): readonly Point[] {
  const { columns, rowCount } = alignFeatures(table, space.features);
  const scaled = columns.map((column, index) => {
    const name = space.features[index] ?? "";
    const values = transform(column, space.logged.includes(name));
    const bad = values.findIndex(Number.isNaN);
    if (bad !== -1) throw new TrainingDataError(`The feature '${name}' has no value to cluster by in row ${bad + 1}.`);
    return values.map((value) => (value - (space.means[index] ?? 0)) / (space.deviations[index] ?? 1));
  });
  return Array.from({ length: rowCount }, (_, row) => Float64Array.from(scaled, (column) => column[row] ?? 0));
}

function transform(column: Float64Array, isLogged: boolean): Float64Array {
  return isLogged ? column.map((value) => Math.log(value + 0.01)) : column;
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);
}
