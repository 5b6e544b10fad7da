import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { isMissing } from "../warehouse/durable-files.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import type { JournalEntry } from "./journal-events.ts";
import { readJournal } from "./journal.ts";

/** A run that built, or tried to, as its journal tells it. */
export interface PastRun {
  readonly runId: string;
  readonly started: Extract<JournalEntry, { event: "run_started" }>;
  /** Null when the run was killed, or is still at work. */
  readonly finished: Extract<JournalEntry, { event: "run_finished" }> | null;
  readonly entries: readonly JournalEntry[];
}

/** The newest build in the journals, or the one of that id; null when there is none. */
export async function readPastBuild(dataDir: string, runId: string | null): Promise<PastRun | null> {
  const { runs } = dataPaths(dataDir);
  const names = await readdir(runs).catch((error: unknown): string[] => {
    if (isMissing(error)) return [];
    throw error;
  });
  const journals = names.filter((name) => name.endsWith(".jsonl")).toSorted();
  for (const name of journals.toReversed()) {
    const id = name.replace(/\.jsonl$/, "");
    if (runId !== null && id !== runId) continue;
    const entries = await readJournal(join(runs, name));
    const started = entries.find((entry) => entry.event === "run_started");
    if (started?.command !== "build") continue;
    return { runId: id, started, finished: entries.find((entry) => entry.event === "run_finished") ?? null, entries };
  }
  return null;
}
