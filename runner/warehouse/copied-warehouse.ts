import { stat } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { dataPaths } from "./data-folder.ts";
import { isMissing, writePrivately } from "./durable-files.ts";
import { readJsonFile } from "./json-file.ts";

const noteSchema = z
  .strictObject({
    /** What the warehouse is a copy of; null while it is being replaced. */
    release: z.int().positive().nullable(),
    /** The highest number that was ever published: a release above it belongs to a publish that died. */
    newest: z.int().nonnegative(),
    /** Size and time of change of the copy, by which it is known; null while it is being replaced. */
    copy: z.string().nullable(),
  })
  .readonly();

/**
 * Where the file system has no hard links, `warehouse.duckdb` is a copy of the current release, and `releases/copied.json` says of which
 * one. There is no such note where links are made: one inode says the same.
 */
export type CopyNote = z.infer<typeof noteSchema>;

/** The note, null where links are made. */
export async function readCopyNote(dataDir: string): Promise<CopyNote | null> {
  const hint = "Remove the file: the release is then found by its bytes.";
  return readJsonFile(notePath(dataDir), noteSchema, {
    message: "what the warehouse is a copy of cannot be read",
    hint,
  });
}

/** Notes that the warehouse is about to be replaced; until then `newest` is the highest number that was published. */
export async function noteReplacing(dataDir: string, newest: number): Promise<void> {
  await writeNote(dataDir, { release: null, newest, copy: null });
}

/** Notes that the warehouse as it stands is a copy of a release. */
export async function noteCopied(dataDir: string, release: number): Promise<void> {
  const before = await readCopyNote(dataDir);
  const newest = Math.max(release, before?.newest ?? 0);
  await writeNote(dataDir, { release, newest, copy: await copyIdentity(dataDir) });
}

/** The release that the note vouches for: the warehouse is as it was when it was copied; null when it is not. */
export async function vouchedRelease(dataDir: string, note: CopyNote): Promise<number | null> {
  return note.copy !== null && note.copy === (await copyIdentity(dataDir)) ? note.release : null;
}

async function copyIdentity(dataDir: string): Promise<string | null> {
  const found = await stat(dataPaths(dataDir).warehouse).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  // Whole seconds: some file systems keep no more of a time once the disk was taken out.
  return found === null ? null : `${found.size} bytes, ${Math.floor(found.mtimeMs / 1000)}`;
}

async function writeNote(dataDir: string, note: CopyNote): Promise<void> {
  await writePrivately(notePath(dataDir), `${JSON.stringify(note)}\n`);
}

function notePath(dataDir: string): string {
  return join(dataPaths(dataDir).releases, "copied.json");
}
