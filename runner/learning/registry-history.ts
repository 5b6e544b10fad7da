import { open, readFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import type { Diagnostic } from "../diagnostics.ts";
import { jsonText } from "../json-text.ts";
import { rememberLast } from "../remember-last.ts";
import { dataPaths, makeFolder } from "../warehouse/data-folder.ts";
import { isMissing, sync } from "../warehouse/durable-files.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { decisionSchema } from "./decision.ts";

const version = z.int().positive();

/** How an alias came to point where it points. */
export const moveSchema = z.strictObject({
  at: z.iso.datetime(),
  action: z.enum(["train", "promote", "rollback"]),
  from: version.nullable(),
  to: version,
  reason: z.string(),
});

const entrySchema = z.discriminatedUnion("event", [
  z.strictObject({
    event: z.literal("decided"),
    model: z.string(),
    challenger: version,
    /** The version that is to become champion; null when the champion stays. */
    toServe: version.nullable(),
    decision: decisionSchema.readonly(),
  }),
  z.strictObject({
    event: z.literal("withdrawn"),
    at: z.iso.datetime(),
    model: z.string(),
    /** Was to become champion and did not. */
    version,
    /** The champion that stays. */
    serves: version.nullable(),
    reason: z.string(),
  }),
  moveSchema.extend({ event: z.literal("moved"), model: z.string(), alias: z.enum(["champion", "challenger"]) }),
]);

/** A line of `history.jsonl`: a decision, one that was given up again, or a move of an alias. */
export type HistoryEntry = Readonly<z.infer<typeof entrySchema>>;

/** Every decision and move, oldest first; lines that are none are named. The last line may be torn and is then left out. */
export async function readHistory(dataDir: string): Promise<History> {
  const path = historyPath(dataDir);
  return parseHistory(await readText(path), path);
}

interface History {
  readonly entries: readonly HistoryEntry[];
  readonly diagnostics: readonly Diagnostic[];
}

const parseHistory = rememberLast((text, path): History => {
  const lines = text.split("\n").slice(0, -1);
  const diagnostics: Diagnostic[] = [];
  const entries = lines.flatMap((line, index) => {
    const entry = parseEntry(line);
    if (entry !== null) return [entry];
    const hint = "It is left out. The file was changed by another program, or written by another version.";
    diagnostics.push({ path, line: index + 1, message: "this line is no entry of the registry's history", hint });
    return [];
  });
  return { entries, diagnostics };
});

/** Appends entries and waits until they are on the disk; what a killed process left of a line is cut off first. */
export async function appendHistory(dataDir: string, entries: readonly HistoryEntry[]): Promise<void> {
  const path = historyPath(dataDir);
  await withStorageErrors(path, async () => {
    await makeFolder(dataPaths(dataDir).registry);
    const text = await readText(path);
    const whole = Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1));
    const file = await open(path, "a", 0o600);
    try {
      await file.truncate(whole);
      await file.writeFile(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
      await file.sync();
    } finally {
      await file.close();
    }
    await sync(dataPaths(dataDir).registry);
  });
}

function historyPath(dataDir: string): string {
  return join(dataPaths(dataDir).registry, "history.jsonl");
}

function parseEntry(line: string): HistoryEntry | null {
  return jsonText(entrySchema).safeParse(line).data ?? null;
}

async function readText(path: string): Promise<string> {
  return withStorageErrors(path, () => readFile(path, "utf8")).catch((error: unknown) => {
    if (isMissing(error)) return "";
    throw error;
  });
}
