import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { ProjectError } from "../diagnostics.ts";
import type { SpotifyClient } from "../spotify/client.ts";
import { type Gap, findGap, pollStart } from "../spotify/poll-window.ts";
import { playKey, pollRecentlyPlayed, type RecentPlay } from "../spotify/recently-played.ts";
import { temporaryFolder } from "../warehouse/data-folder.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { BatchTarget } from "./commit-batch.ts";
import type { DeclaredTables } from "./check-columns.ts";
import { compactPolls } from "./compact-polls.ts";
import { enrichTracks, type Enrichment, trackRow } from "./enrich-tracks.ts";
import { landRows, timestampText } from "./land-rows.ts";
import { type KnownApi, readKnownApi } from "./known-api.ts";
import { checkAccount } from "./people.ts";
import { readLandings } from "./landings.ts";

/** Where and under whose name polls land. */
export interface PollOptions {
  readonly dataDir: string;
  readonly account: string;
  readonly tables: DeclaredTables;
  /** How many tracks may be asked for in one run, besides the poll. */
  readonly trackBudget: number;
  readonly memoryLimit?: string;
}

/** What a poll brought. */
export interface PollReport {
  readonly landed: number;
  /** Plays that had landed before. */
  readonly known: number;
  readonly gap: Gap | null;
  readonly rejected: readonly { readonly row: number; readonly reason: string }[];
  /** What ended the poll after its first page; what came before landed. */
  readonly interruption: ProjectError | null;
  readonly enrichment: Enrichment;
  readonly newestPlayAt: Date | null;
}

/** Lands the plays that Spotify still has and that have not landed, and asks for some tracks. The caller holds the bronze lock. */
export async function poll(client: SpotifyClient, options: PollOptions): Promise<PollReport> {
  const workspace = temporaryFolder(options.dataDir, "bronze");
  // What a killed run left behind.
  await rm(workspace, { recursive: true, force: true });
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  const { memoryLimit } = options;
  try {
    return await withDuckDB({ memoryLimit, threads: 1, tempDirectory: join(workspace, "spill") }, async (database) =>
      pollOver(await database.connect(), client, { ...options, workspace }),
    );
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function pollOver(
  connection: Connection,
  client: SpotifyClient,
  options: PollOptions & { readonly workspace: string },
): Promise<PollReport> {
  const { dataDir, account } = options;
  const target: BatchTarget = { ...options, connection };
  const landings = await readLandings(connection, dataDir);
  checkAccount(landings, account);
  const known = await readKnownApi(connection, dataDir, landings);
  const polled = await pollRecentlyPlayed(client, { after: pollStart(known) });
  const keys = new Set(polled.plays.filter((play) => known.keys.has(storedKey(play))).map(playKey));
  const gap = findGap(polled, { newestAt: known.newestAt, keys });
  const fresh = polled.plays.filter((play) => !keys.has(playKey(play)));
  const now = client.context.effects.now();
  await landTracks(fresh, known, { target, account, landedAt: now });
  if (fresh.length > 0) {
    // Oldest first, as the plays went.
    const rows = fresh.toReversed().map(historyRow);
    const gaps = gap === null ? [] : [gap];
    await landRows({ table: "listening_history", file: "recently-played", rows, gaps, account, landedAt: now }, target);
  }
  await compactPolls(landings, target, now);
  const { trackBudget: budget } = options;
  const enrichment = await enrichTracks(client, { budget, account, target });
  return {
    landed: fresh.length,
    known: keys.size,
    gap,
    rejected: polled.rejected,
    interruption: polled.interruption,
    enrichment,
    newestPlayAt: polled.plays[0]?.playedAt ?? known.newestAt,
  };
}

/** What a poll tells of tracks comes for nothing: those that are new land too, before the plays that read them. */
async function landTracks(
  plays: readonly RecentPlay[],
  { tracks }: KnownApi,
  { target, account, landedAt }: { readonly target: BatchTarget; readonly account: string; readonly landedAt: Date },
): Promise<void> {
  const fresh = new Map(
    plays.flatMap(({ track }) =>
      track.trackId === null || tracks.has(track.trackId)
        ? []
        : [[track.trackId, trackRow(track.trackId, track, landedAt)]],
    ),
  );
  if (fresh.size === 0) return;
  const rows = [...fresh.values()];
  await landRows({ table: "my_tracks_features", file: "recently-played", rows, gaps: [], account, landedAt }, target);
}

/** What makes a landed play the same one: its track, or its names where it has no id, and the millisecond of its end. */
function storedKey({ track: { trackId, trackName, artists }, playedAt }: RecentPlay): string {
  return `${trackId ?? `${trackName}|${artists[0]?.artistName ?? ""}`} ${playedAt.getTime()}`;
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
