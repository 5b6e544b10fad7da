import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { spotifyClient } from "../spotify/client.ts";
import { publishPlaylists, type PublishedPlaylist, type WantedPlaylist } from "../spotify/publish-playlists.ts";
import { isSpotifyId } from "../spotify/tracks.ts";
import { describeHolder, withLock } from "../warehouse/locks.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import type { Effects } from "./effects.ts";
import { type LoadedProject, openProject, projectOptions } from "./project-options.ts";
import { withRelease } from "./read-release.ts";
import { openSpotify } from "./spotify-context.ts";
import { alignTable } from "./text-table.ts";

export const playlistsOptions = z.strictObject({
  ...projectOptions,
  paths: z.array(z.string()).default([]).describe("publish: writes the suggested playlists to Spotify"),
  wait: z.coerce.number().min(0).default(600).describe("seconds to wait for another publish to end"),
});

const model = "personalized_playlist_suggestions";
const suggestion = z.object({
  playlist_name: z.string(),
  playlist_purpose: z.string(),
  track_name: z.string(),
  track_id: z.string().nullable(),
});
type Suggestion = z.infer<typeof suggestion>;

/** Writes the suggested playlists of the current release to Spotify, as private ones that hold nothing else. */
export async function playlists(options: z.infer<typeof playlistsOptions>, effects: Effects): Promise<number> {
  const [action, ...more] = options.paths;
  if (action !== "publish" || more.length > 0) throw wrongAction(options.paths);
  const loaded = await openProject(options, effects, loadProjectSettings);
  const context = openSpotify(loaded, "tonearm playlists", effects);
  const suggested = await readSuggestions(loaded);
  const { dataDir, command, runId } = context;
  const lock = {
    dataDir,
    name: "playlists" as const,
    command,
    runId,
    startedAt: effects.now(),
    waitSeconds: options.wait,
    onWait: (holder: Parameters<typeof describeHolder>[0]) => effects.print(`Waiting for ${describeHolder(holder)} …`),
  };
  const published = await withLock(lock, () => publishPlaylists(spotifyClient(context), wantedPlaylists(suggested)));
  for (const line of renderPublished(published)) effects.print(line);
  for (const { playlist_name: name, track_name: title } of suggested.filter((song) => !isPlayable(song)))
    effects.warn(`${name}: ${title} is left out, for no source tells its id on Spotify.`);
  return 0;
}

async function readSuggestions({ project, dataDir }: LoadedProject): Promise<readonly Suggestion[]> {
  const release = await readCurrentRelease(dataDir);
  if (release?.state.nodes[`model.${project.name}.${model}`] === undefined) {
    const message = `gold.${model} has not been built yet`;
    throw new ProjectError([{ path: "playlists", message, hint: `npm run build-models -- --select +${model}` }], 1);
  }
  const sql = `select playlist_name, playlist_purpose, track_name, track_id from gold.${model} order by playlist_name, position`;
  return withRelease(release.path, async (connection) => z.array(suggestion).parse(await connection.query(sql)));
}

function wantedPlaylists(suggested: readonly Suggestion[]): readonly WantedPlaylist[] {
  const purposes = new Map(suggested.map(({ playlist_name: name, playlist_purpose: purpose }) => [name, purpose]));
  return [...purposes].map(([name, purpose]) => {
    const songs = suggested.filter((song) => song.playlist_name === name && isPlayable(song));
    return { name, purpose, uris: songs.map(({ track_id: id }) => `spotify:track:${id}`) };
  });
}

function isPlayable({ track_id: id }: Suggestion): boolean {
  return id !== null && isSpotifyId(id);
}

function renderPublished(published: readonly PublishedPlaylist[]): readonly string[] {
  if (published.length === 0) {
    return [`gold.${model} suggests no playlist: it needs streams of songs whose audio features are known.`];
  }
  const rows = published.map(({ name, songs, outcome }) => [name, songs, outcome]);
  const emptied = published.filter(({ outcome }) => outcome === "emptied").map(({ name }) => name);
  const remark = `No longer suggested, hence empty: ${emptied.join(", ")}. Only you can delete them, in Spotify.`;
  return [...alignTable(["playlist", "songs", ""], rows), ...(emptied.length > 0 ? [remark] : [])];
}

function wrongAction(given: readonly string[]): ProjectError {
  const message = given.length === 0 ? "needs to know what to do" : `cannot do '${given.join(" ")}'`;
  return new ProjectError([{ path: "playlists", message, hint: "npm run playlists -- publish" }]);
}
