import { access, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { ProjectError } from "../diagnostics.ts";
import { apiBatches } from "../ingest/api-batches.ts";
import { spotifyFolder } from "../spotify/closed-buckets.ts";
import { loadPlaylistIds, type PlaylistIds } from "../spotify/remembered-playlists.ts";
import { tokenPath } from "../spotify/token-store.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import { isMissing } from "../warehouse/durable-files.ts";
import { releaseFiles } from "../warehouse/releases.ts";
import { writeWhole } from "../warehouse/write-whole.ts";
import { readLastPoll } from "./last-poll.ts";

/** What a data folder holds of Spotify's Web API. */
export interface Remains {
  readonly hasLogin: boolean;
  /** Ids of the batches that came from it. */
  readonly batches: readonly string[];
  /** Whether its notes of polls, limits and playlists are there. */
  readonly hasNotes: boolean;
  /** Whether rows of it ever landed, as far as one can tell: then everything that was built may hold some. */
  readonly hasLanded: boolean;
  /** Whether something was published. */
  readonly isBuilt: boolean;
  /** Numbers, newest first. */
  readonly releases: readonly number[];
  readonly playlists: PlaylistIds;
}

/** What is left, or null; found in the files themselves, so that a run that was killed is no trouble. */
export async function findRemains(dataDir: string): Promise<Remains | null> {
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  const batches = await withDuckDB({ threads: 1 }, async (database) => apiBatches(await database.connect(), dataDir));
  const hasNotes = await isThere(spotifyFolder(dataDir));
  const hasLogin = await hasLoginFiles(dataDir);
  if (batches.length === 0 && !hasNotes && !hasLogin) return null;
  const hasPolled = await unlessDamaged(
    readLastPoll(dataDir).then((note) => (note?.polled_at ?? null) !== null),
    true,
  );
  const hasLanded = batches.length > 0 || hasPolled || (await isThere(begunPath(dataDir)));
  const paths = dataPaths(dataDir);
  const releases = (await releaseFiles(paths)).map(({ number }) => number);
  const isBuilt = releases.length > 0 || (await isThere(paths.warehouse));
  const playlists = await unlessDamaged(loadPlaylistIds(dataDir), {});
  return { hasLogin, batches, hasNotes, hasLanded, isBuilt, releases, playlists };
}

/** Notes that a disconnect began: until its end everything that was built is taken for what may hold rows of the Web API. */
export async function rememberDisconnect(dataDir: string): Promise<void> {
  await writeWhole(begunPath(dataDir), "{}\n");
}

function begunPath(dataDir: string): string {
  return join(spotifyFolder(dataDir), "disconnect.json");
}

/** Those that a write that was killed left, too. */
async function hasLoginFiles(dataDir: string): Promise<boolean> {
  const path = tokenPath(dataDir);
  const names = await readdir(dirname(path)).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names.some((name) => name.startsWith(basename(path)));
}

/** Notes that cannot be read are deleted with the others. */
async function unlessDamaged<T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> {
  return reading.catch((error: unknown) => {
    if (error instanceof ProjectError) return otherwise;
    throw error;
  });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
