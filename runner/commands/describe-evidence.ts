import { formatDiagnostic } from "../diagnostics.ts";
import { timestampText } from "../ingest/land-rows.ts";
import type { RowsToLand } from "../ingest/rows-batch.ts";
import type { HistoryEntry } from "../learning/registry-history.ts";
import { readEvidence, readRecord } from "../learning/version-files.ts";
import type { Effects } from "./effects.ts";

type Decided = Extract<HistoryEntry, { readonly event: "decided" }>;

/**
 * What a decision rests on row by row, as bronze keeps it, with the versions that came of it: the challenger's, and the
 * baseline's where it is to serve. Null where there are no such rows; files that are torn are named.
 */
export async function describeEvidence(
  dataDir: string,
  { model, challenger, toServe, decision }: Decided,
  effects: Effects,
): Promise<Pick<RowsToLand, "table" | "rows"> | null> {
  const found = await readEvidence(dataDir, model, challenger);
  if ("diagnostic" in found) effects.warn(formatDiagnostic(found.diagnostic));
  if ("diagnostic" in found || found.version === null) return null;
  const versions = new Map<unknown, number>();
  for (const version of [toServe, challenger]) {
    const record = version === null ? null : await readRecord(dataDir, model, version);
    if (version !== null && record !== null && "version" in record)
      versions.set(record.version.record.algorithm, version);
  }
  const { table, rows } = found.version;
  const shared = { model, training: challenger, trained_at: timestampText(new Date(decision.at)) };
  const versionOf = (algorithm: unknown): number | null =>
    algorithm === undefined ? challenger : (versions.get(algorithm) ?? null);
  return { table, rows: rows.map((row) => ({ ...shared, version: versionOf(row["algorithm"]), ...row })) };
}
