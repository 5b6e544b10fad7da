import { rm } from "node:fs/promises";
import { join } from "node:path";

import { newRunId } from "./journal.ts";
import { listRunIds } from "./read-history.ts";

/** Removes the journals of runs that began more than so many days ago; the newest stay, whatever their age. */
export async function pruneJournals(
  runsFolder: string,
  { now, keepDays }: { readonly now: Date; readonly keepDays: number },
): Promise<number> {
  const oldest = newRunId(new Date(now.getTime() - keepDays * 24 * 3_600_000), 0);
  const ids = await listRunIds(runsFolder);
  const old = ids.slice(0, -newestKept).filter((id) => id < oldest);
  for (const id of old) await rm(join(runsFolder, `${id}.jsonl`), { force: true });
  return old.length;
}

/** A machine that was off for months still tells what it did last. */
const newestKept = 50;
