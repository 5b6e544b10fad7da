import type { VersionRecord } from "./model-version.ts";

type Described = Pick<VersionRecord, "task" | "rows" | "metrics" | "provenance" | "drift" | "isBaseline" | "columns">;

/** What a user of the predictions must know, in plain sentences. */
export function describeLimits(record: Described): readonly string[] {
  return limits.flatMap((limit) => limit(record));
}

const limits: readonly ((record: Described) => readonly string[])[] = [
  ({ isBaseline }) =>
    isBaseline ? ["This is the baseline: it says nothing about single rows that was not known without it."] : [],
  ({ rows, task }) =>
    rows.total < 1000 && task !== "clustering"
      ? [`It learned from ${rows.total} rows only; another thousand may change every figure.`]
      : [],
  ({ provenance }) => {
    const { synthetic = 0 } = provenance;
    return synthetic > 0
      ? [`The features of ${synthetic} rows are synthetic: made up, so that figures say nothing about real music.`]
      : [];
  },
  ({ provenance }) => {
    const { artist = 0 } = provenance;
    return artist > 0 ? [`The features of ${artist} rows are the mean of their artist: a rough guess.`] : [];
  },
  ({ metrics }) => {
    const coverage = metrics["coverage"] ?? 0.8;
    return coverage < 0.75 || coverage > 0.85
      ? [`The 80 % intervals held ${(100 * coverage).toFixed(0)} % of the held-out rows.`]
      : [];
  },
  ({ metrics }) => {
    const ece = metrics["ece"] ?? 0;
    return ece > 0.05 ? [`Probabilities are off by ${(100 * ece).toFixed(1)} points on average.`] : [];
  },
  ({ drift }) => {
    const significant = drift.filter((one) => one.drift === "significant").map(({ feature }) => feature);
    return significant.length > 0
      ? [`Features that are no longer what the champion learned from: ${significant.join(", ")}.`]
      : [];
  },
  ({ task, columns, metrics }) => {
    if (task === "forecast")
      return ["A day is forecast from days before it only: what else is known of it, as a holiday, is not."];
    if (task === "clustering")
      return (metrics["silhouette"] ?? 0) < 0.25
        ? ["The structure is weak: songs lie in a cloud, and clusters are cut out of it rather than found."]
        : [];
    return columns.time === null
      ? [`The figures hold for a new ${columns.group}; for one that was trained on they are on the cautious side.`]
      : ["The figures hold for the newest rows; older ones were predicted with the help of later ones."];
  },
];
