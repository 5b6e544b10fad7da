import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { type AudioFeatures, getAudioFeatures } from "../spotify/audio-features.ts";
import type { SpotifyClient } from "../spotify/client.ts";
import { isFeaturesRefused } from "../spotify/features-refused.ts";
import type { Bucket } from "../spotify/spotify-context.ts";
import { LoginNeededError, UnexpectedAnswerError } from "../spotify/spotify-errors.ts";
import type { Track } from "../spotify/track.ts";
import { getTrack } from "../spotify/tracks.ts";
import { batchPath, listBatches } from "./batches.ts";
import type { BatchTarget } from "./commit-batch.ts";
import { landRows, timestampText } from "./land-rows.ts";
import { sqlPath } from "./sql-text.ts";

/** What came of asking for tracks. */
export interface Enrichment {
  /** Tracks of which something landed, those that Spotify does not know included: they are not asked for again. */
  readonly tracks: number;
  /** Played tracks that are still to be asked for. */
  readonly left: number;
  /** What Spotify did not answer, with the reason. */
  readonly interruptions: readonly ProjectError[];
}

type Row = Readonly<Record<string, string | number | boolean | null>>;

const candidate = z.object({ track_id: z.string(), needs_track: z.boolean() });

type Candidate = Readonly<z.infer<typeof candidate>>;

/** A run's questions. */
interface Asking {
  readonly client: SpotifyClient;
  /** Buckets that are asked no more in this run. */
  readonly closed: Set<Bucket>;
  readonly interruptions: ProjectError[];
}

/** Asks for played tracks that no fetch has told of, the latest played first, one at a time, until the budget is used up. */
export async function enrichTracks(
  client: SpotifyClient,
  { budget, account, target }: { readonly budget: number; readonly account: string; readonly target: BatchTarget },
): Promise<Enrichment> {
  if (budget === 0) return { tracks: 0, left: 0, interruptions: [] };
  const asking: Asking = { client, closed: new Set(), interruptions: [] };
  if (await isFeaturesRefused(client.context)) asking.closed.add("audio-features");
  const wanted = await findCandidates(target, !asking.closed.has("audio-features"));
  const rows: Row[] = [];
  try {
    for (const one of takeWhileOpen(wanted, budget, asking)) {
      const row = await ask(one, asking);
      if (row !== null) rows.push(row);
    }
  } finally {
    const landedAt = client.context.effects.now();
    // Whatever ended the run, what was told is kept for ever.
    if (rows.length > 0)
      await landRows(
        { table: "my_tracks_features", kind: "api", file: "tracks", rows, gaps: [], account, landedAt },
        target,
      );
  }
  return { tracks: rows.length, left: wanted.length - rows.length, interruptions: asking.interruptions };
}

/** The first so many candidates whose bucket is still open when it is their turn. */
function* takeWhileOpen(wanted: readonly Candidate[], budget: number, { closed }: Asking): Generator<Candidate> {
  let left = budget;
  for (const one of wanted) {
    if (left === 0) return;
    if (closed.has(one.needs_track ? "tracks" : "audio-features")) continue;
    left -= 1;
    yield one;
  }
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

/** What Spotify tells of a track; null where it tells nothing. */
async function ask({ track_id: id, needs_track: needsTrack }: Candidate, asking: Asking): Promise<Row | null> {
  const { client } = asking;
  const now = client.context.effects.now;
  if (!needsTrack) {
    const features = await askFeatures(id, asking);
    return features && { track_id: id, ...features, fetched_at: timestampText(now()) };
  }
  const answer = await answerOf("tracks", asking, async () => ({ track: await getTrack(client, id) }));
  if (answer === null) return null;
  const row = trackRow(id, answer.track, now());
  // What is no track has no features either.
  const features = answer.track === null ? { has_asked_features: true } : await askFeatures(id, asking);
  return { ...row, ...features };
}

/** The columns of the audio features of a track; null where Spotify does not tell them. */
async function askFeatures(id: string, asking: Asking): Promise<Row | null> {
  const answer = await answerOf("audio-features", asking, () => getAudioFeatures(asking.client, id));
  if (answer === null) return null;
  if (answer.kind === "refused") asking.closed.add("audio-features");
  if (answer.kind === "refused") return null;
  return { ...(answer.kind === "found" ? featureColumns(answer.features) : {}), has_asked_features: true };
}

/** An answer of a bucket that is open; one that cannot be had closes it for this run, but for an answer that is not understood. */
async function answerOf<T>(bucket: Bucket, asking: Asking, request: () => Promise<T>): Promise<T | null> {
  if (asking.closed.has(bucket)) return null;
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof ProjectError) || error instanceof LoginNeededError) throw error;
    asking.interruptions.push(error);
    if (!(error instanceof UnexpectedAnswerError)) asking.closed.add(bucket);
    return null;
  }
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
): Promise<readonly Candidate[]> {
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
