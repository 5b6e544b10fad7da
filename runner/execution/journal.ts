import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { ProjectError } from "../diagnostics.ts";
import { dataFolder } from "../warehouse/data-folder.ts";
import { toStorageError, withStorageErrors } from "../warehouse/storage-errors.ts";

const milliseconds = z.number().nonnegative();
const count = z.int().nonnegative();

const runStarted = z.strictObject({
  event: z.literal("run_started"),
  command: z.string(),
  args: z.array(z.string()).readonly(),
  pid: z.int(),
  version: z.string(),
});
const nodeStarted = z.strictObject({ event: z.literal("node_started"), node: z.string() });
const nodeFinished = z.strictObject({
  event: z.literal("node_finished"),
  node: z.string(),
  status: z.string(),
  rows: count.nullable(),
  ms: milliseconds,
  message: z.string().nullable(),
});
const testFinished = z.strictObject({
  event: z.literal("test_finished"),
  test: z.string(),
  node: z.string(),
  status: z.string(),
  /** Null when the test could not run. */
  failures: count.nullable(),
  severity: z.enum(["error", "warn"]),
  ms: milliseconds,
  message: z.string().nullable(),
});
const warning = z.strictObject({ event: z.literal("warning"), message: z.string() });
const published = z.strictObject({
  event: z.literal("published"),
  release: z.int().positive(),
  /** Those the run changed. */
  relations: z.array(z.string()).readonly(),
});
const runFinished = z.strictObject({ event: z.literal("run_finished"), status: z.string(), ms: milliseconds });

const at = { at: z.iso.datetime() };
const journalEntry = z.discriminatedUnion("event", [
  runStarted.extend(at),
  nodeStarted.extend(at),
  nodeFinished.extend(at),
  testFinished.extend(at),
  warning.extend(at),
  published.extend(at),
  runFinished.extend(at),
]);

/** One line of a journal. */
export type JournalEntry = z.infer<typeof journalEntry>;
/** What a run tells its journal; the journal adds the time. */
export type JournalEvent = z.infer<
  | typeof runStarted
  | typeof nodeStarted
  | typeof nodeFinished
  | typeof testFinished
  | typeof warning
  | typeof published
  | typeof runFinished
>;

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
