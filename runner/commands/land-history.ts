import { listBatches, removedBatches } from "../ingest/batches.ts";
import { type RowsToLand, rowsBatch } from "../ingest/rows-batch.ts";
import { readHistory } from "../learning/registry-history.ts";
import { describeEntry } from "./describe-history.ts";
import type { Effects } from "./effects.ts";
import { landRegistryRows } from "./land-registry-rows.ts";
import type { LoadedProject } from "./project-options.ts";

const table = "model_decisions";

/** Lands what the registry decided and what a killed run had not landed, an entry of its history a batch, for gold's tables about models. */
export async function landHistory(loaded: LoadedProject, effects: Effects): Promise<void> {
  const { dataDir } = loaded;
  const { entries } = await readHistory(dataDir);
  if (entries.length === 0) return;
  const known = new Set([...((await listBatches(dataDir))[table] ?? []), ...(await removedBatches(dataDir))]);
  const account = String(loaded.project.vars["account"] ?? "me");
  const shared = { table, kind: "registry", gaps: [], account } as const;
  const landings = entries.flatMap((entry) => {
    if (entry.event === "moved" && (entry.alias !== "champion" || entry.action === "train")) return [];
    const at = new Date(entry.event === "decided" ? entry.decision.at : entry.at);
    const identity = JSON.stringify(entry);
    const landing = { ...shared, file: "history.jsonl", landedAt: at, identity, rows: [] };
    return known.has(rowsBatch(landing).batchId) ? [] : [{ entry, landing }];
  });
  if (landings.length === 0) return;
  const rows: RowsToLand[] = [];
  for (const { entry, landing } of landings) rows.push({ ...landing, rows: await describeEntry(dataDir, entry) });
  await landRegistryRows(loaded, rows, effects);
}
