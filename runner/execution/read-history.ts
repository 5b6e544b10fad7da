import { readdir } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";

import { ProjectError } from "../diagnostics.ts";
import { isMissing } from "../warehouse/durable-files.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { readJournal } from "./journal.ts";
import { readRun, type Run, settleRun } from "./run-history.ts";

/** Runs as their journals tell them, the oldest first, and what is wrong with journals that cannot be read. */
export interface History {
  readonly runs: readonly Run[];
  readonly troubles: readonly ProjectError[];
}

/** Reads journals again and again, each only as long as its run has not ended. */
export interface HistoryReader {
  readonly read: () => Promise<History>;
}

interface HistoryOptions {
  /** The folder of the journals. */
  readonly runsFolder: string;
  /** Ids of runs sort by time: only those from here on; asked at each reading. */
  readonly sinceId?: () => string;
  /** Only the newest. */
  readonly limit?: number;
  readonly isAlive?: (run: Run) => boolean;
}

/** The runs of a data folder; a run whose process is dead has failed. */
export async function readHistory(options: HistoryOptions): Promise<History> {
  return openHistory(options).read();
}

/** The same, to be asked many times. */
export function openHistory({
  runsFolder,
  limit,
  sinceId = () => "",
  isAlive = isAliveHere,
}: HistoryOptions): HistoryReader {
  const known = new Map<string, Run | ProjectError | null>();
  return {
    async read() {
      const ids = await listRunIds(runsFolder, sinceId());
      const wanted = limit === undefined ? ids : ids.slice(-limit);
      for (const id of wanted) {
        const before = known.get(id);
        if (before === undefined || before === null || ("status" in before && before.status === "running"))
          known.set(id, await readOne(join(runsFolder, `${id}.jsonl`), id));
      }
      const isWanted = new Set(wanted);
      for (const id of known.keys()) if (!isWanted.has(id)) known.delete(id);
      const found = wanted.map((id) => known.get(id));
      return {
        runs: found.flatMap((run) => (run && "status" in run ? [settleRun(run, isAlive)] : [])),
        troubles: found.filter((run) => run instanceof ProjectError),
      };
    },
  };
}

/** Ids of the journals of a folder, the oldest first. */
export async function listRunIds(runsFolder: string, sinceId = ""): Promise<readonly string[]> {
  const names = await withStorageErrors(runsFolder, () => readdir(runsFolder)).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const ids = names.flatMap((name) => (name.endsWith(".jsonl") ? [name.slice(0, -".jsonl".length)] : []));
  return ids.filter((id) => id >= sinceId).toSorted();
}

/** Whether the process of a run is still there: one of this boot, and not another that got its number. */
export function isAliveHere({ pid, startedAt }: Pick<Run, "pid" | "startedAt">): boolean {
  if (Date.parse(startedAt) < Date.now() - uptime() * 1000 - 60_000) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function readOne(path: string, id: string): Promise<Run | ProjectError | null> {
  try {
    return readRun(id, await readJournal(path));
  } catch (error) {
    // Removed meanwhile.
    if (isMissing(error)) return null;
    if (error instanceof ProjectError) return error;
    throw error;
  }
}
