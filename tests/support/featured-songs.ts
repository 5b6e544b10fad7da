import * as z from "zod";

import { groupBy } from "./raw-export.ts";

/** The features that playlists may ask for. */
export const songFeatures = [
  "valence",
  "energy",
  "danceability",
  "acousticness",
  "instrumentalness",
  "speechiness",
  "liveness",
  "loudness",
  "tempo",
] as const;

const value = z.number().nullable();

/** What a recomputation reads of a row of gold.streams. */
export const streamRow = z.object({
  song_id: z.string(),
  track_id: z.string().nullable(),
  track_name: z.string(),
  artist_name: z.string().nullable(),
  started_at: z.date(),
  listening_date: z.date(),
  hour_of_day: z.number(),
  ms_played: z.number().nullable(),
  has_features: z.boolean(),
  valence: value,
  energy: value,
  danceability: value,
  acousticness: value,
  instrumentalness: value,
  speechiness: value,
  liveness: value,
  loudness: value,
  tempo: value,
});
export type StreamRow = z.infer<typeof streamRow>;

/** A song with features, as its streams tell of it. */
export interface FeaturedSong {
  readonly songId: string;
  /** One stream of its most streamed track id; of several such ids, of the one that was streamed last. */
  readonly named: StreamRow;
  readonly plays: number;
  readonly milliseconds: number;
  readonly lastStartedAt: Date;
}

/** The songs with features of some streams, by plain loops. */
export function featuredSongs(streams: readonly StreamRow[]): readonly FeaturedSong[] {
  const featured = streams.filter((stream) => stream.has_features);
  return [...groupBy(featured, (stream) => stream.song_id)].map(([songId, plays]) => {
    const last = latest(plays);
    const versions = [...groupBy(plays, (play) => play.track_id).values()].map((version) => ({
      named: latest(version),
      count: version.length,
    }));
    const [first = { named: last }] = versions.toSorted(
      (left, right) =>
        Number(left.named.track_id === null) - Number(right.named.track_id === null) ||
        right.count - left.count ||
        right.named.started_at.getTime() - left.named.started_at.getTime(),
    );
    const milliseconds = plays.reduce((total, play) => total + (play.ms_played ?? 0), 0);
    return { songId, named: first.named, plays: plays.length, milliseconds, lastStartedAt: last.started_at };
  });
}

/** Songs with the greatest score first; ties by streams, minutes, the latest stream, then the song's key. */
export function rankSongs(
  songs: readonly FeaturedSong[],
  scoreOf: (song: FeaturedSong) => number,
): readonly FeaturedSong[] {
  return songs.toSorted(
    (left, right) =>
      scoreOf(right) - scoreOf(left) ||
      right.plays - left.plays ||
      right.milliseconds - left.milliseconds ||
      right.lastStartedAt.getTime() - left.lastStartedAt.getTime() ||
      (left.songId < right.songId ? -1 : 1),
  );
}

function latest(plays: readonly StreamRow[]): StreamRow {
  const [first, ...others] = plays;
  if (first === undefined) throw new Error("A song has no streams.");
  return others.reduce((last, play) => (play.started_at > last.started_at ? play : last), first);
}
