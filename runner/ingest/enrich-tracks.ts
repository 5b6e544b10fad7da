import { z } from "zod";

import { ProjectError } from "../diagnostics.ts";
import { type AudioFeatures, getAudioFeatures } from "../spotify/audio-features.ts";
import type { SpotifyClient } from "../spotify/client.ts";
import { isFeaturesRefused } from "../spotify/features-refused.ts";
import { LoginNeededError } from "../spotify/spotify-errors.ts";
import type { Track } from "../spotify/track.ts";
import { getTrack } from "../spotify/tracks.ts";
import { batchPath, listBatches } from "./batches.ts";
import type { BatchTarget } from "./commit-batch.ts";
import { landRows, timestampText } from "./land-rows.ts";
import { sqlPath } from "./sql-text.ts";

/** What came of asking for tracks. */
export interface Enrichment {
  /** Tracks whose facts landed, those that Spotify does not know included: they are not asked for again. */
  readonly tracks: number;
  /** Played tracks that are still to be asked for. */
  readonly left: number;
  /** Why it ended before its budget; null where it did not. */
  readonly interruption: ProjectError | null;
}

type Row = Readonly<Record<string, string | number | boolean | null>>;

const candidate = z.object({ track_id: z.string(), needs_track: z.boolean() });

/** Asks for played tracks that no fetch has told of, the latest played first, one at a time, until the budget is used up. */
export async function enrichTracks(
  client: SpotifyClient,
  { budget, account, target }: { readonly budget: number; readonly account: string; readonly target: BatchTarget },
): Promise<Enrichment> {
  const wantsFeatures = !(await isFeaturesRefused(client.context));
  const wanted = await findCandidates(target, wantsFeatures);
  const rows: Row[] = [];
  let interruption: ProjectError | null = null;
  try {
    for (const { track_id: id } of wanted.slice(0, budget)) rows.push(await fetchTrack(client, id));
  } catch (error) {
    if (!(error instanceof ProjectError) || error instanceof LoginNeededError) throw error;
    interruption = error;
  } finally {
    const landedAt = client.context.effects.now();
    // Whatever ended the run, what was told is kept for ever.
    if (rows.length > 0)
      await landRows({ table: "my_tracks_features", file: "tracks", rows, gaps: [], account, landedAt }, target);
  }
  return { tracks: rows.length, left: wanted.length - rows.length, interruption };
}

/** A track as a row of my_tracks_features, under the id that was asked for; null facts where Spotify does not know it. */
export function trackRow(trackId: string, track: Track | null, fetchedAt: Date): Row {
  return {
    track_id: trackId,
    track_name: track?.trackName ?? null,
    artist_name: track?.artists[0]?.artistName ?? null,
    album_id: track?.album?.albumId ?? null,
    album_name: track?.album?.albumName ?? null,
    album_type: track?.album?.albumType ?? null,
    release_date: track?.album?.releaseDate ?? null,
    release_date_precision: track?.album?.releaseDatePrecision ?? null,
    duration_ms: track?.durationMs ?? null,
    is_explicit: track?.isExplicit ?? null,
    isrc: track?.isrc ?? null,
    has_asked_features: false,
    fetched_at: timestampText(fetchedAt),
  };
}

async function fetchTrack(client: SpotifyClient, trackId: string): Promise<Row> {
  const track = await getTrack(client, trackId);
  const answer = track === null ? ({ kind: "none" } as const) : await getAudioFeatures(client, trackId);
  const features = answer.kind === "found" ? featureColumns(answer.features) : {};
  const hasAsked = answer.kind !== "refused";
  return { ...trackRow(trackId, track, client.context.effects.now()), ...features, has_asked_features: hasAsked };
}

function featureColumns(features: AudioFeatures): Row {
  const { danceability, energy, key, loudness, mode, speechiness, acousticness, instrumentalness } = features;
  const { liveness, valence, tempo, timeSignature } = features;
  const shares = { danceability, energy, speechiness, acousticness, instrumentalness, liveness, valence };
  return { ...shares, key, loudness, mode, tempo, time_signature: timeSignature };
}

/** Tracks ever played, the latest first, that have not been asked for; where the app may read features, those that only a poll told of too. */
async function findCandidates(
  { connection, dataDir }: BatchTarget,
  wantsFeatures: boolean,
): Promise<readonly z.infer<typeof candidate>[]> {
  const batches = await listBatches(dataDir);
  const paths = (table: string): string =>
    (batches[table] ?? []).map((id) => sqlPath(batchPath(dataDir, table, id))).join(", ");
  if (paths("listening_history") === "") return [];
  const fetched = paths("my_tracks_features");
  const known =
    fetched === ""
      ? "select null::varchar as track_id, false as has_asked_features where false"
      : `select track_id, bool_or(has_asked_features) as has_asked_features
         from read_parquet([${fetched}], union_by_name = true) group by track_id`;
  const rows = await connection.query(`
    with played as (
        select track_id, max(ended_at) as last_ended_at
        from read_parquet([${paths("listening_history")}], union_by_name = true)
        where regexp_full_match(track_id, '[0-9A-Za-z]{22}')
        group by track_id
    ), known as (${known})
    select played.track_id, known.track_id is null as needs_track
    from played left join known on played.track_id = known.track_id
    where known.track_id is null or (${wantsFeatures} and not known.has_asked_features)
    order by last_ended_at desc, played.track_id`);
  return z.array(candidate).parse(rows);
}
