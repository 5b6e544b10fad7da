import { rm, writeFile } from "node:fs/promises";

import { listReleases } from "../warehouse/releases.ts";
import { readReleaseState } from "../warehouse/release-state.ts";
import {
  batchPath,
  bronzeTables,
  recordedBatches,
  removalPath,
  removedBatches,
  replacedBatches,
  replacesPath,
  replacingBatches,
  stagedReplacements,
} from "./batches.ts";

/** Takes batches out of what the next build reads; a mark only, so that a crash leaves each of them in or out. The caller holds the bronze lock. */
export async function removeLandings(batchIds: readonly string[], dataDir: string): Promise<void> {
  for (const id of batchIds) await writeFile(removalPath(dataDir, id), "", { mode: 0o600 });
}

/** Takes the batches out for good that were put together into others. The caller holds the bronze lock. */
export async function markReplaced(dataDir: string): Promise<void> {
  const recorded = await recordedBatches(dataDir);
  const replaced = new Set(await replacedBatches(dataDir, recorded));
  const marked = new Set(await removedBatches(dataDir));
  const left = recorded.filter((id) => replaced.has(id) && !marked.has(id));
  await removeLandings(left, dataDir);
}

/** Deletes what is left of batches that a killed run was putting together from others, which still count. The caller holds the bronze lock. */
export async function sweepUnfinished(dataDir: string): Promise<void> {
  const recorded = new Set(await recordedBatches(dataDir));
  const tables = await bronzeTables(dataDir);
  for (const path of await stagedReplacements(dataDir)) await rm(path, { force: true });
  for (const id of (await replacingBatches(dataDir)).filter((batch) => !recorded.has(batch))) {
    for (const table of tables) await rm(batchPath(dataDir, table, id), { force: true });
    await rm(replacesPath(dataDir, id), { force: true });
  }
}

/** Deletes the files of removed batches that no kept release reads any more, and gives the ids of those that one still reads. The caller holds the bronze lock. */
export async function collectRemoved(dataDir: string): Promise<readonly string[]> {
  // Before anything goes: what a deleted batch had replaced would count again.
  await markReplaced(dataDir);
  const removed = await removedBatches(dataDir);
  if (removed.length === 0) return [];
  const inUse = await batchesOfReleases(dataDir);
  const tables = await bronzeTables(dataDir);
  for (const id of removed.filter((batch) => !inUse.has(batch))) {
    // The mark goes last: without it what is left would count again.
    for (const table of tables) await rm(batchPath(dataDir, table, id), { force: true });
    await rm(replacesPath(dataDir, id), { force: true });
    await rm(removalPath(dataDir, id), { force: true });
  }
  return removed.filter((id) => inUse.has(id));
}

async function batchesOfReleases(dataDir: string): Promise<ReadonlySet<string>> {
  const inUse = new Set<string>();
  for (const release of await listReleases(dataDir)) {
    if (!release.hasState) continue;
    const { batches } = await readReleaseState(release.statePath, release.number);
    for (const ids of Object.values(batches)) for (const id of ids) inUse.add(id);
  }
  return inUse;
}
