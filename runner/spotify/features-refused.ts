import { join } from "node:path";

import * as z from "zod";

import { makeFolder } from "../warehouse/data-folder.ts";
import { writePrivately } from "../warehouse/durable-files.ts";
import { recallJsonFile } from "../warehouse/json-file.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { spotifyFolder } from "./closed-buckets.ts";
import type { SpotifyContext } from "./spotify-context.ts";

const refusedNote = z.strictObject({ client_id: z.string(), refused_at: z.iso.datetime() });

/** Whether Spotify has refused audio features to this app; another app is asked anew. A note that cannot be read costs one more request. */
export async function isFeaturesRefused({ dataDir, settings }: SpotifyContext): Promise<boolean> {
  const note = await recallJsonFile(notePath(dataDir), refusedNote);
  return note?.client_id === settings.clientId;
}

/** Remembers that this app gets no audio features. */
export async function rememberFeaturesRefused({ dataDir, settings, effects }: SpotifyContext): Promise<void> {
  const path = notePath(dataDir);
  const note = { client_id: settings.clientId, refused_at: effects.now().toISOString() };
  await withStorageErrors(path, async () => {
    await makeFolder(spotifyFolder(dataDir));
    await writePrivately(path, `${JSON.stringify(note satisfies z.input<typeof refusedNote>)}\n`);
  });
}

function notePath(dataDir: string): string {
  return join(spotifyFolder(dataDir), "audio-features.refused.json");
}
