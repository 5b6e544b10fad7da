import { listBatches, removedBatches } from "../ingest/batches.ts";
import { type RowsToLand, rowsBatch } from "../ingest/rows-batch.ts";
import { readHistory } from "../learning/registry-history.ts";
import type { Effects } from "./effects.ts";
import type { LoadedProject } from "./project-options.ts";

const table = "model_decisions";

/**
 * Lands what the registry decided and what a killed run had not landed, for gold's tables about models: of each entry of
 * its history first what a decision rests on, then the entry, so that an entry that has landed wants nothing more.
 */
export async function landHistory(loaded: LoadedProject, effects: Effects): Promise<void> {
  const { dataDir } = loaded;
  const { entries } = await readHistory(dataDir);
  if (entries.length === 0) return;
  const batches = await listBatches(dataDir);
  const known = new Set([...Object.values(batches).flat(), ...(await removedBatches(dataDir))]);
  const account = String(loaded.project.vars["account"] ?? "me");
  const shared = { kind: "registry", file: "history.jsonl", gaps: [], account } as const;
  const isNew = (landing: RowsToLand): boolean => !known.has(rowsBatch(landing).batchId);
  const news = entries.flatMap((entry) => {
    if (entry.event === "moved" && (entry.alias !== "champion" || entry.action === "train")) return [];
    const at = new Date(entry.event === "decided" ? entry.decision.at : entry.at);
    const landing = { ...shared, table, landedAt: at, identity: JSON.stringify(entry), rows: [] } as const;
    return isNew(landing) ? [{ entry, landing }] : [];
  });
  if (news.length === 0) return;
  const [{ describeEvidence }, { describeEntry }, { landRegistryRows }] = await Promise.all([
    import("./describe-evidence.ts"),
    import("./describe-history.ts"),
    import("./land-registry-rows.ts"),
  ]);
  const rows: RowsToLand[] = [];
  for (const { entry, landing } of news) {
    const evidence = entry.event === "decided" ? await describeEvidence(dataDir, entry, effects) : null;
    const found: RowsToLand[] = evidence === null ? [] : [{ ...landing, ...evidence }];
    rows.push(...found.filter(isNew), { ...landing, rows: await describeEntry(dataDir, entry) });
  }
  await landRegistryRows(loaded, rows, effects);
}
