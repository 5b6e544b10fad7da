import { timestampText } from "../ingest/land-rows.ts";
import type { VersionRecord } from "../learning/model-version.ts";
import type { HistoryEntry } from "../learning/registry-history.ts";
import { readRecord } from "../learning/version-files.ts";

/** A row of bronze.model_decisions; what is left out is null. */
export type DecisionRow = Readonly<Record<string, string | number | null>>;

/** An entry of the registry's history as bronze keeps it: a row a version it is about, with what its record tells. */
export async function describeEntry(dataDir: string, entry: HistoryEntry): Promise<readonly DecisionRow[]> {
  const { model } = entry;
  if (entry.event === "withdrawn") {
    const { version, serves, reason, at } = entry;
    return [{ model, version, serves, decision: "withdrawn", reason, trained_at: moment(at) }];
  }
  if (entry.event === "moved") {
    const { to, reason, at } = entry;
    return [{ model, version: to, serves: to, decision: "by hand", reason, trained_at: moment(at) }];
  }
  const { challenger, toServe, decision } = entry;
  const versions = [...new Set([challenger, ...(toServe === null ? [] : [toServe])])];
  const serves = toServe ?? decision.champion;
  const shared = { serves, decision: decision.serves, reason: decision.reason, trained_at: moment(decision.at) };
  const told = { ...shared, newest_row: decision.newest === null ? null : timestampText(new Date(decision.newest)) };
  const rows: DecisionRow[] = [];
  for (const version of versions) {
    const found = await readRecord(dataDir, model, version);
    const record = "version" in found ? describeRecord(found.version.record) : {};
    // They are about the challenger, and would count twice beside a baseline that serves.
    const comparisons = version === challenger ? JSON.stringify(decision.comparisons) : null;
    rows.push({ model, version, ...record, ...told, comparisons });
  }
  return rows;
}

function describeRecord(record: VersionRecord): DecisionRow {
  const { algorithm, task, window, rows, drift, metrics } = record;
  return {
    algorithm,
    task,
    data_from: window === null ? null : moment(window.from),
    data_to: window === null ? null : moment(window.to),
    train_size: rows.training,
    test_size: rows.holdout,
    drift: drift.length === 0 ? null : Math.max(...drift.map(({ index }) => index)),
    feature_drift: JSON.stringify(drift),
    champion: record.decision.champion,
    synthetic_rows: record.provenance["synthetic"] ?? 0,
    ...metrics,
  };
}

function moment(iso: string): string {
  return timestampText(new Date(iso));
}
