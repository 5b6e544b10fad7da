import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { ProjectError } from "../diagnostics.ts";
import type { SpotifyClient } from "../spotify/client.ts";
import { type Gap, findGap, pollStart } from "../spotify/poll-window.ts";
import { playKey, pollRecentlyPlayed, type RecentlyPlayed, type RecentPlay } from "../spotify/recently-played.ts";
import { BucketClosedError } from "../spotify/spotify-errors.ts";
import { temporaryFolder } from "../warehouse/data-folder.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { BatchTarget } from "./commit-batch.ts";
import type { DeclaredTables } from "./check-columns.ts";
import { compactPolls } from "./compact-polls.ts";
import { enrichTracks, type Enrichment, trackRow } from "./enrich-tracks.ts";
import { landedKey, type LandedApi, newestPlayAt, readKnownPlays, readKnownTracks } from "./known-api.ts";
import { landRows, timestampText } from "./land-rows.ts";
import type { RowsToLand } from "./rows-batch.ts";
import { readLandings } from "./landings.ts";
import { checkAccount } from "./check-account.ts";

/** Where and under whose name polls land. */
export interface PollOptions {
  readonly dataDir: string;
  readonly account: string;
  readonly tables: DeclaredTables;
  /** How many tracks may be asked for in one run, besides the poll. */
  readonly trackBudget: number;
  readonly memoryLimit?: string;
  /** Of a process that polls often; a poll opens one of its own otherwise. */
  readonly connection?: Connection;
}

/** What a poll brought. */
export interface PollReport {
  readonly landed: number;
  /** Plays that had landed before. */
  readonly known: number;
  readonly gap: Gap | null;
  readonly rejected: readonly { readonly row: number; readonly reason: string }[];
  /** What ended the poll; the pages that came before landed. */
  readonly interruption: ProjectError | null;
  readonly enrichment: Enrichment;
  readonly newestPlayAt: Date | null;
  /** Whether batches became one, so that files may wait to be deleted. */
  readonly hasCompacted: boolean;
}

/** Lands the plays that Spotify still has and that have not landed, and asks for some tracks. The caller holds the bronze lock. */
export async function poll(client: SpotifyClient, options: PollOptions): Promise<PollReport> {
  const workspace = temporaryFolder(options.dataDir, "bronze");
  const pollIn = (connection: Connection): Promise<PollReport> =>
    pollOver(client, options, { ...options, connection, workspace });
  // What a killed run left behind.
  await rm(workspace, { recursive: true, force: true });
  try {
    if (options.connection !== undefined) return await pollIn(options.connection);
    const { withDuckDB } = await import("../warehouse/duckdb.ts");
    const settings = { memoryLimit: options.memoryLimit, threads: 1, tempDirectory: join(workspace, "spill") };
    return await withDuckDB(settings, async (database) => pollIn(await database.connect()));
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function pollOver(
  client: SpotifyClient,
  { account, trackBudget: budget }: PollOptions,
  target: BatchTarget,
): Promise<PollReport> {
  const landings = await readLandings(target.connection, target.dataDir);
  checkAccount(landings, account);
  const newestAt = newestPlayAt(landings);
  const polled = await pollUnlessClosed(client, newestAt);
  const landed = { ...target, landings };
  const keys = await findKnown(polled.plays, landed);
  const gap = findGap(polled, { newestAt, keys });
  // Oldest first, as the plays went.
  const fresh = polled.plays.filter((play) => !keys.has(playKey(play))).toReversed();
  const now = client.context.effects.now();
  if (fresh.length > 0) {
    const origin = { file: "recently-played", account, landedAt: now };
    await landTracks(fresh, origin, landed);
    const gaps = gap === null ? [] : [gap];
    await landRows({ ...origin, kind: "api", table: "listening_history", rows: fresh.map(historyRow), gaps }, target);
  }
  return {
    landed: fresh.length,
    known: keys.size,
    gap,
    rejected: polled.rejected,
    interruption: polled.interruption,
    // Only beside new rows: batches that are put together are new to a build, which otherwise has nothing to do.
    hasCompacted: fresh.length > 0 && (await compactPolls(landings, target, now)),
    enrichment: await enrichTracks(client, { budget, account, target }),
    newestPlayAt: polled.plays[0]?.playedAt ?? newestAt,
  };
}

/** Where Spotify takes no polls for now, the run goes on with what it does take. */
async function pollUnlessClosed(client: SpotifyClient, newestAt: Date | null): Promise<RecentlyPlayed> {
  try {
    return await pollRecentlyPlayed(client, { after: pollStart({ newestAt }) });
  } catch (error) {
    if (!(error instanceof BucketClosedError)) throw error;
    return { plays: [], rejected: [], interruption: error };
  }
}

/** The `playKey` of each play that has landed. */
async function findKnown(plays: readonly RecentPlay[], landed: LandedApi): Promise<ReadonlySet<string>> {
  const oldest = plays.at(-1);
  if (oldest === undefined) return new Set();
  const known = await readKnownPlays(landed, oldest.playedAt);
  const keyOf = ({ track: { trackId, trackName, artists }, playedAt }: RecentPlay): string =>
    landedKey({ trackId, trackName, artistName: artists[0]?.artistName ?? null, playedAt });
  return new Set(plays.filter((play) => known.has(keyOf(play))).map(playKey));
}

/** What a poll tells of tracks comes for nothing: those that are new land too, before the plays that read them. */
async function landTracks(
  plays: readonly RecentPlay[],
  origin: Pick<RowsToLand, "file" | "account" | "landedAt">,
  landed: LandedApi & BatchTarget,
): Promise<void> {
  const played = new Map(
    plays.flatMap(({ track }) => (track.trackId === null ? [] : [[track.trackId, track] as const])),
  );
  const known = await readKnownTracks(landed, [...played.keys()]);
  const rows = [...played].flatMap(([id, track]) => (known.has(id) ? [] : [trackRow(id, track, origin.landedAt)]));
  if (rows.length > 0) await landRows({ ...origin, kind: "api", table: "my_tracks_features", rows, gaps: [] }, landed);
}

function historyRow({ track, playedAt, contextUri }: RecentPlay): Readonly<Record<string, string | null>> {
  return {
    ended_at: timestampText(playedAt),
    media_type: "track",
    track_id: track.trackId,
    track_name: track.trackName,
    artist_name: track.artists[0]?.artistName ?? null,
    album_name: track.album?.albumName ?? null,
    context_uri: contextUri,
  };
}
