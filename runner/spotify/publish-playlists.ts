import type { SpotifyClient } from "./client.ts";
import { createPrivatePlaylist, listOwnPlaylists, type Playlist } from "./playlists.ts";
import { loadPlaylistIds, savePlaylistIds } from "./remembered-playlists.ts";
import { replacePlaylistItems } from "./replace-playlist-items.ts";

/** A playlist as it shall stand: its tracks by their URIs, in their order. */
export interface WantedPlaylist {
  readonly name: string;
  /** What its music is like. */
  readonly purpose: string;
  readonly uris: readonly string[];
}

/** What became of a playlist: `made` anew, content `replaced`, or `emptied` because it is wanted no more. */
export interface PublishedPlaylist {
  readonly name: string;
  readonly outcome: "made" | "replaced" | "emptied";
  readonly songs: number;
}

/** Ends the description of each playlist of ours: whatever else the user has of that name is left alone. */
const mark = "Made by Tonearm, which replaces its content.";

/** Spotify takes no longer descriptions. */
const longestDescription = 300;

/**
 * Gives private playlists this content and no other, making those that the user does not have; empties those published before that are
 * wanted no more. Run again, also after a kill, it makes no second one.
 */
export async function publishPlaylists(
  client: SpotifyClient,
  wanted: readonly WantedPlaylist[],
): Promise<readonly PublishedPlaylist[]> {
  const own = await listOwnPlaylists(client);
  const published: PublishedPlaylist[] = [];
  for (const { name, purpose, uris } of wanted) {
    const known = await findPlaylist(client, name, own);
    const { id } = known ?? (await createPrivatePlaylist(client, { name, description: describe(purpose) }));
    await rememberPlaylist(client, name, id);
    await replacePlaylistItems(client, id, uris);
    published.push({ name, outcome: known === undefined ? "made" : "replaced", songs: uris.length });
  }
  const names = new Set(wanted.map(({ name }) => name));
  for (const [name, id] of Object.entries(await loadPlaylistIds(client.context.dataDir))) {
    // What the user deleted is none of theirs any more.
    if (names.has(name) || !own.some((playlist) => playlist.id === id)) continue;
    await replacePlaylistItems(client, id, []);
    published.push({ name, outcome: "emptied", songs: 0 });
  }
  return published;
}

/** By the id that is remembered, whatever the user called it since; else by name and mark, as after a kill before it was remembered. */
async function findPlaylist(
  { context }: SpotifyClient,
  name: string,
  own: readonly Playlist[],
): Promise<Playlist | undefined> {
  const id = (await loadPlaylistIds(context.dataDir))[name];
  return (
    own.find((playlist) => playlist.id === id) ??
    own.find((playlist) => playlist.name === name && playlist.description.endsWith(mark))
  );
}

async function rememberPlaylist({ context: { dataDir } }: SpotifyClient, name: string, id: string): Promise<void> {
  const ids = await loadPlaylistIds(dataDir);
  if (ids[name] !== id) await savePlaylistIds(dataDir, { ...ids, [name]: id });
}

/** Descriptions are one line. */
function describe(purpose: string): string {
  const line = purpose
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, longestDescription - mark.length - 2);
  return line === "" ? mark : `${line}. ${mark}`;
}
