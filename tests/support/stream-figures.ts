import * as z from "zod";

import { groupBy } from "./raw-export.ts";

/** Fewer streams with features than this are not averaged. */
export const fewest = 30;

const value = z.number().nullable();
/** What is read of a row of gold.streams. */
export const streamRow = z.object({
  play_id: z.string(),
  song_id: z.string().nullable(),
  track_id: z.string().nullable(),
  track_name: z.string().nullable(),
  artist_name: z.string().nullable(),
  started_at: z.date(),
  listening_date: z.date(),
  hour_of_day: z.number(),
  has_features: z.boolean(),
  valence: value,
  energy: value,
  danceability: value,
  acousticness: value,
  mood_category: z.string().nullable(),
});
/** What is read of a row of silver.listening_with_features. */
export const playRow = z.object({
  play_id: z.string(),
  session_id: z.string(),
  started_at: z.date(),
  is_stream: z.boolean(),
});
export type Stream = z.infer<typeof streamRow>;
export type Play = z.infer<typeof playRow>;
export type Feature = "valence" | "energy" | "danceability" | "acousticness";

/** Measures how many standard deviations of a group valence and energy of a stream are off; nothing below 30 streams. */
export function outliers(group: readonly Stream[]): (stream: Stream) => readonly [number | null, number | null] {
  const of = (feature: Feature) => {
    const [middle, spread] = [meanOf(group, feature), deviationOf(group, feature)];
    return (stream: Stream) =>
      group.length < fewest || spread === 0 ? null : ((stream[feature] ?? Number.NaN) - middle) / spread;
  };
  const [valence, energy] = [of("valence"), of("energy")];
  return (stream) => [valence(stream), energy(stream)];
}

/** Whether either deviation is beyond 2. */
export function isFar(deviations: readonly (number | null)[]): boolean {
  return deviations.some((off) => off !== null && Math.abs(off) > 2);
}

/** The moods of neighbouring streams, session by session, and what shuffling each session would give on average. */
export function followingMoods(streams: readonly Stream[], plays: readonly Play[]) {
  const counted = new Map(streams.map((stream) => [stream.play_id, stream]));
  const pairs: (readonly [string, string])[] = [];
  const shuffled = new Map<string, number>();
  for (const session of groupBy(
    plays.filter((play) => play.is_stream),
    (play) => play.session_id,
  ).values()) {
    const inOrder = session
      .toSorted(
        (left, right) =>
          left.started_at.getTime() - right.started_at.getTime() || (left.play_id < right.play_id ? -1 : 1),
      )
      .map((play) => counted.get(play.play_id));
    const seen = inOrder.flatMap((stream, index) => pairOf(stream, inOrder[index + 1]));
    pairs.push(...seen);
    const possible = inOrder.flatMap((first) => inOrder.flatMap((second) => pairOf(first, second)));
    if (seen.length === 0) continue;
    for (const [first, second] of possible) {
      const key = `${first} ${second}`;
      shuffled.set(key, (shuffled.get(key) ?? 0) + seen.length / possible.length);
    }
  }
  return { pairs, shuffled };
}

function pairOf(first: Stream | undefined, second: Stream | undefined): readonly (readonly [string, string])[] {
  const [mood, next] = [first?.mood_category ?? null, second?.mood_category ?? null];
  if (mood === null || next === null || first?.song_id === second?.song_id) return [];
  return [[mood, next]];
}

function valuesOf(group: readonly Stream[], feature: Feature): readonly number[] {
  return group.flatMap((stream) => stream[feature] ?? []);
}

/** Mean of some numbers; not a number where there are none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

/** Mean of a feature over the streams that have it. */
export function meanOf(group: readonly Stream[], feature: Feature): number {
  return mean(valuesOf(group, feature));
}

/** Standard deviation of a feature, as of a sample. */
export function deviationOf(group: readonly Stream[], feature: Feature): number {
  const values = valuesOf(group, feature);
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, each) => sum + (each - middle) ** 2, 0) / (values.length - 1));
}
