import { hasTinyCluster } from "./algorithms/choose-clusters.ts";
import {
  assignClusters,
  type ClusterModel,
  clusterPoints,
  type ClusterResult,
  fitClusters,
} from "./algorithms/clusters.ts";
import type { ClusterQuality } from "./algorithms/cluster-quality.ts";
import { featureTable } from "./algorithms/feature-table.ts";
import { weightedMean } from "./algorithms/metric.ts";
import { samplePoints, silhouettes } from "./algorithms/silhouette.ts";
import { TooFewRowsError, TrainingDataError } from "./algorithms/training-data-error.ts";
import { buildClusterVersion, type ClusterRows, readClusters } from "./cluster-version.ts";
import type { ClusteringConfig } from "./clustering-config.ts";
import { columnOf, countRows, namesOf, numbersOf } from "./columnar-rows.ts";
import { compareLosses } from "./compare-models.ts";
import { type ClusterMeeting, decideClusters } from "./decide-clusters.ts";
import { hashConfig, hashSettings, reasonToWait } from "./enough-new-rows.ts";
import type { Decision } from "./decision.ts";
import type { Evidence } from "./evidence.ts";
import type { ModelVersion } from "./model-version.ts";
import type { TrainingInput, TrainingResult } from "./training.ts";
import { checkKey, countProvenance } from "./training-rows.ts";

type Input = TrainingInput<ClusteringConfig>;

/** Tries numbers of clusters, judges them by shuffled and by resampled rows, and decides whether they replace the champion's. */
export function trainClusters(input: Input): TrainingResult {
  const { config, champion, seed } = input;
  const rows = readRows(input);
  const settingsHash = hashSettings(config, rows.features.names);
  const state = { rows: { labels: rows.groups, times: null }, settingsHash, dataHash: input.origin.dataHash };
  const reason = input.isForced === true ? null : reasonToWait(state, config, input.lastDecision);
  if (reason !== null) return { status: "skipped", reason };
  const former = champion?.record.task === "clustering" ? readClusters(champion.artefact) : null;
  const { logged, clusters } = config;
  const found = fitClusters(rows.features, { logged, clusters, seed: `${seed}/clusters` }, former);
  const meeting = champion === null ? null : meetChampion(rows, input, { found, former, champion });
  const chosen = qualityOf(found);
  const metrics = {
    silhouette: chosen.silhouette,
    shuffled_silhouette: chosen.shuffledSilhouette,
    bootstrap_ari: chosen.bootstrapAri,
  };
  const decision: Decision = {
    at: input.now,
    ...decideClusters({ found, chosen, meeting, gates: config.gates, metrics }),
    champion: champion?.version ?? null,
    rows: rows.groups.length,
    newest: null,
    settingsHash,
    configHash: hashConfig(config),
    dataHash: input.origin.dataHash,
    comparisons: meeting === null || "incomparable" in meeting.comparison ? [] : [meeting.comparison],
  };
  return {
    status: "trained",
    decision,
    challenger: buildClusterVersion(rows, input, { found, decision, metrics }),
    baseline: null,
    evidence: describeEvidence(found),
    warnings: [],
  };
}

function readRows({ config, rows }: Input): ClusterRows {
  const { key, group, features, gates } = config;
  const count = countRows(rows);
  if (count === 0) throw new TrainingDataError("The training query returned no rows.");
  if (count < gates.min_rows)
    throw new TooFewRowsError(`There are ${count} rows to cluster; at least ${gates.min_rows} are needed.`);
  checkKey(namesOf(columnOf(rows, key, "the key"), key, "the key"), key);
  const columns = features.map((name) => [name, numbersOf(columnOf(rows, name, "the feature"), name)] as const);
  const empty = columns.find(([, values]) => values.every(Number.isNaN));
  if (empty !== undefined) throw new TrainingDataError(`The feature '${empty[0]}' has no value in any row.`);
  const constant = columns.find(([, values]) => values.every((value) => value === values[0]));
  if (constant !== undefined && count > 1)
    throw new TrainingDataError(
      `The feature '${constant[0]}' is ${constant[1][0]} in every row: nothing to tell apart.`,
    );
  return {
    features: featureTable(Object.fromEntries(columns)),
    groups: namesOf(columnOf(rows, group, "the group"), group, "the group"),
    provenance: countProvenance(config, rows),
  };
}

function qualityOf({ curve, choice }: ClusterResult): ClusterQuality {
  const chosen = curve.find(({ k }) => k === choice.k);
  if (chosen === undefined) throw new Error(`The curve has no k of ${choice.k}.`);
  return chosen;
}

interface Meeting {
  readonly found: ClusterResult;
  readonly former: ClusterModel | null;
  readonly champion: ModelVersion;
}

/** The silhouettes of all of today's rows in the clusters of both. */
function meetChampion({ features, groups }: ClusterRows, { seed }: Input, of: Meeting): ClusterMeeting {
  const { found, former, champion } = of;
  const { version } = champion;
  const isSame =
    former !== null &&
    former.features.join() === found.model.features.join() &&
    former.logged.join() === found.model.logged.join();
  if (!isSame)
    return { version, hasTinyCluster: false, comparison: { incomparable: "it clustered by other features" } };
  const points = clusterPoints(features, found.model);
  const sample = samplePoints(points, { seed });
  const [own, others] = [found.model, former].map((model) => assignClusters(features, model));
  const lossOf = (labels: Int32Array = new Int32Array()) => {
    const losses = silhouettes(points, labels, sample).map((value) => 1 - value);
    return (weights?: Float64Array) => weightedMean(losses, weights);
  };
  const sizes = former.clusters.map(({ number }) => others?.filter((one) => one === number).length ?? 0);
  const comparison = compareLosses(
    { challenger: lossOf(own), other: lossOf(others) },
    { loss: "separation", drawn: sample.map((row) => groups[row] ?? ""), times: null },
    { against: "champion", version, seed },
  );
  return { version, hasTinyCluster: hasTinyCluster({ smallestShare: Math.min(...sizes) / groups.length }), comparison };
}

function describeEvidence({ curve, choice }: ClusterResult): Evidence {
  const rows = curve.map((one) => ({
    k: one.k,
    wcss: one.wcss,
    silhouette: one.silhouette,
    shuffled_silhouette: one.shuffledSilhouette,
    bootstrap_ari: one.bootstrapAri,
    smallest_share: one.smallestShare,
    is_chosen: one.k === choice.k,
    structure: choice.structure,
  }));
  return { table: "cluster_curves", rows };
}
