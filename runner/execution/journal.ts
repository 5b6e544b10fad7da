import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { ProjectError } from "../diagnostics.ts";
import { dataFolder } from "../warehouse/data-folder.ts";
import { toStorageError, withStorageErrors } from "../warehouse/storage-errors.ts";
import { type JournalEntry, journalEntry, type JournalEvent } from "./journal-events.ts";

export interface Journal {
  readonly path: string;
  /** Appends one event; once it returns, no death of the process loses it. */
  readonly write: (event: JournalEvent) => void;
  readonly close: () => void;
}

/** A name for a run that sorts by time and is safe in file names, e.g. 20261122T101112345Z-1a2b (milliseconds, process in hexadecimal). */
export function newRunId(now: Date, pid: number): string {
  return `${now.toISOString().replace(/[-:.]/g, "")}-${pid.toString(16).padStart(4, "0")}`;
}

/** Begins `runs/<run_id>.jsonl`. */
export async function openJournal(dataDir: string, runId: string, now: () => Date): Promise<Journal> {
  const { runs } = await dataFolder(dataDir);
  const path = join(runs, `${runId}.jsonl`);
  // Appending and exclusive: two runs never share a journal.
  const file = await withStorageErrors(path, () => Promise.resolve(openSync(path, "ax", 0o600)));
  let size = 0;
  return {
    path,
    write(event) {
      const line = Buffer.from(`${JSON.stringify({ at: now().toISOString(), ...event })}\n`);
      try {
        appendWhole(file, line);
      } catch (error) {
        // Whatever part of the line got through would spoil the next one.
        ftruncateSync(file, size);
        throw toStorageError(error, path);
      }
      size += line.length;
    },
    close() {
      closeSync(file);
    },
  };
}

/** The events of a run; the last line may be torn when the run was killed while it wrote, and is then left out. */
export async function readJournal(path: string): Promise<readonly JournalEntry[]> {
  const lines = (await withStorageErrors(path, () => readFile(path, "utf8"))).split("\n");
  const torn = lines.pop() ?? "";
  const entries = lines.map((line, index) => {
    const entry = parseEntry(line);
    if (entry !== null) return entry;
    const hint =
      "The journal was changed by another program, or written by another version; remove it or put it right.";
    throw new ProjectError([{ path, line: index + 1, message: "this line is no journal event", hint }], 1);
  });
  const last = parseEntry(torn);
  return last === null ? entries : [...entries, last];
}

/** One write, as a rule: a short one is how a full disk first shows, and the next one says why. */
function appendWhole(file: number, line: Buffer): void {
  for (let written = 0; written < line.length;) written += writeSync(file, line, written);
}

function parseEntry(line: string): JournalEntry | null {
  try {
    return journalEntry.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
