import { dirname, join } from "node:path";

import * as z from "zod";

import { dataPaths, makeFolder } from "../warehouse/data-folder.ts";
import { writePrivately } from "../warehouse/durable-files.ts";
import { readJsonFile } from "../warehouse/json-file.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { type Bucket, buckets } from "./spotify-context.ts";

const instant = z.iso.datetime().transform((text) => new Date(text));

const closedNote = z.strictObject({ retry_at: instant, noted_at: instant });

/** Where what is known of Spotify's limits lies; nothing personal. */
export function spotifyFolder(dataDir: string): string {
  return join(dataPaths(dataDir).root, "spotify");
}

/** Until when a bucket is closed, null when it is open at `now`. */
export async function closedUntil(dataDir: string, bucket: Bucket, now: Date): Promise<Date | null> {
  const note = await readNote(notePath(dataDir, bucket));
  if (note === null || note.retry_at <= now) return null;
  if (note.noted_at <= now) return note.retry_at;
  // The clock has been set back since: the ban is not longer than it was, counted from now.
  const retryAt = new Date(now.getTime() + note.retry_at.getTime() - note.noted_at.getTime());
  await closeBucket(dataDir, bucket, { retryAt, now });
  return retryAt;
}

/** The buckets that are closed at `now`, each with the time it opens. */
export async function closedBuckets(
  dataDir: string,
  now: Date,
): Promise<readonly { readonly bucket: Bucket; readonly retryAt: Date }[]> {
  const found = [];
  for (const bucket of buckets) {
    const retryAt = await closedUntil(dataDir, bucket, now);
    if (retryAt !== null) found.push({ bucket, retryAt });
  }
  return found;
}

/** Remembers that a bucket is closed; a file a bucket, so that processes do not overwrite each other's. */
export async function closeBucket(
  dataDir: string,
  bucket: Bucket,
  { retryAt, now }: { readonly retryAt: Date; readonly now: Date },
): Promise<void> {
  const path = notePath(dataDir, bucket);
  const note = { retry_at: retryAt.toISOString(), noted_at: now.toISOString() } satisfies z.input<typeof closedNote>;
  await withStorageErrors(path, async () => {
    await makeFolder(dirname(path));
    await writePrivately(path, `${JSON.stringify(note)}\n`);
  });
}

function notePath(dataDir: string, bucket: Bucket): string {
  return join(spotifyFolder(dataDir), `${bucket}.closed.json`);
}

async function readNote(path: string): Promise<z.infer<typeof closedNote> | null> {
  const hint = "Remove the file; if Spotify still refuses, it is written anew.";
  return readJsonFile(path, closedNote, { message: "the note of Spotify's limit is damaged", hint });
}
