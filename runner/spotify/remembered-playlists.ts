import { join } from "node:path";

import * as z from "zod";

import { makeFolder } from "../warehouse/data-folder.ts";
import { writePrivately } from "../warehouse/durable-files.ts";
import { readJsonFile } from "../warehouse/json-file.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { spotifyFolder } from "./closed-buckets.ts";

const playlistNotes = z.record(z.string(), z.string());

/** Name in the warehouse → id on Spotify, of every playlist that was ever published. */
export type PlaylistIds = Readonly<z.infer<typeof playlistNotes>>;

/** The playlists that were published from a data folder. */
export async function loadPlaylistIds(dataDir: string): Promise<PlaylistIds> {
  const hint = "Remove the file: the playlists are found again by their names and descriptions.";
  const damage = { message: "the list of published playlists is damaged", hint };
  return (await readJsonFile(notesPath(dataDir), playlistNotes, damage)) ?? {};
}

/** Remembers them, whole or not at all. */
export async function savePlaylistIds(dataDir: string, ids: PlaylistIds): Promise<void> {
  const path = notesPath(dataDir);
  await withStorageErrors(path, async () => {
    await makeFolder(spotifyFolder(dataDir));
    await writePrivately(path, `${JSON.stringify(ids, null, 2)}\n`);
  });
}

function notesPath(dataDir: string): string {
  return join(spotifyFolder(dataDir), "playlists.json");
}
