import * as z from "zod";

import type { SpotifyClient } from "./client.ts";
import { ask, repeatWhole } from "./playlists.ts";

/** As many items as one request takes. */
const chunkSize = 100;

const snapshot = z.object({ snapshot_id: z.string() });

/**
 * Makes these tracks, by their URIs, the whole content of a playlist. Replacing is safe to repeat and adding is not: when an answer to an
 * addition is lost, all begins again with the replacement.
 */
export async function replacePlaylistItems(
  client: SpotifyClient,
  playlistId: string,
  uris: readonly string[],
): Promise<void> {
  const path = `/playlists/${encodeURIComponent(playlistId)}/items`;
  await repeatWhole(client, async () => {
    await ask(client, { method: "PUT", path, body: { uris: uris.slice(0, chunkSize) } }, snapshot);
    for (let start = chunkSize; start < uris.length; start += chunkSize) {
      const body = { uris: uris.slice(start, start + chunkSize) };
      await ask(client, { method: "POST", path, body, isRepeatable: false }, snapshot);
    }
  });
}
