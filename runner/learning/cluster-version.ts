import * as z from "zod";

import { type ClusterModel, clusterModelSchema, type ClusterResult } from "./algorithms/clusters.ts";
import type { FeatureTable } from "./algorithms/feature-table.ts";
import type { ClusteringConfig } from "./clustering-config.ts";
import { describeFeatures, featureDrift } from "./feature-drift.ts";
import type { Decision } from "./decision.ts";
import type { TrainedModel, VersionRecord } from "./model-version.ts";
import { nothingOfRows, sealVersion } from "./seal-version.ts";
import type { TrainingInput } from "./training.ts";

/** What is clustered: rows with a value for every feature. */
export interface ClusterRows {
  readonly features: FeatureTable;
  readonly groups: readonly string[];
  readonly provenance: Readonly<Record<string, number>>;
}

/** What became of the rows. */
export interface ClusterOutcome {
  readonly found: ClusterResult;
  readonly decision: Decision;
  readonly metrics: VersionRecord["metrics"];
}

/** The models of a clustering. */
const clusterArtefactSchema = z.strictObject({ format: z.literal(1), model: clusterModelSchema });

/** The clusters that a version's models keep. */
export function readClusters(artefact: string): ClusterModel {
  return clusterArtefactSchema.parse(JSON.parse(artefact)).model;
}

/** A version of clusters with everything about it. */
export function buildClusterVersion(
  rows: ClusterRows,
  input: TrainingInput<ClusteringConfig>,
  { found, decision, metrics }: ClusterOutcome,
): TrainedModel {
  const { config, champion, seed } = input;
  const total = rows.groups.length;
  const told = {
    ...nothingOfRows,
    model: input.model,
    task: "clustering",
    algorithm: "k_means",
    isBaseline: false,
    trainedAt: input.now,
    seed,
    origin: input.origin,
    columns: { label: "cluster", key: config.key, group: config.group, time: null },
    features: config.features,
    range: null,
    config: { ...config },
    rows: { total, training: total, holdout: 0 },
    window: null,
    split: { kind: "resamples", seed },
    metrics,
    references: describeFeatures(rows.features),
    drift: champion === null ? [] : featureDrift(champion.record, input.rows),
    provenance: rows.provenance,
    decision,
  } as const;
  const artefact = { format: 1, model: found.model } satisfies z.infer<typeof clusterArtefactSchema>;
  return sealVersion(told, JSON.stringify(artefact));
}
