import * as z from "zod";

import type { Feature, Stream } from "./diagnostic-figures.ts";
import { type ExpectedRow, near } from "./expected-rows.ts";
import { mean } from "./poisson-bootstrap.ts";
import { groupBy } from "./raw-export.ts";

/** What mood_shift_patterns needs of a play of anything; a podcast has no song and no features. */
export const playRow = z.object({
  play_id: z.string(),
  session_id: z.string(),
  started_at: z.date(),
  media_type: z.string(),
  is_private: z.boolean(),
  song_id: z.string().nullable(),
  hour_of_day: z.number().nullable(),
  feature_source: z.string().nullable(),
  valence: z.number().nullable(),
  energy: z.number().nullable(),
});
export type Play = z.infer<typeof playRow>;

interface Change {
  readonly hour: number | null;
  readonly isRepeat: boolean;
  /** Valence and energy in thousand-millionths, which are whole numbers; null where a play has none. */
  readonly values: readonly [number, number] | null;
}

const order = ["valence", "energy", "danceability", "acousticness", "instrumentalness", "tempo", "loudness"] as const;
const magnitudes = ["Stable", "Minor_Shift", "Major_Shift"];
const averagedSources: ReadonlySet<string | null> = new Set(["catalogue", "catalogue_name"]);

/** gold.feature_correlations by loops over streams. */
export function featureCorrelations(streams: readonly Stream[]): readonly ExpectedRow[] {
  const songs = [...groupBy(streams, (stream) => stream.song_id).values()].flatMap((plays) => plays[0] ?? []);
  return order.flatMap((first, place) =>
    order.slice(place + 1).map((second) => {
      const played = valuesOf(streams, first, second);
      const sung = valuesOf(songs, first, second);
      const over = correlationOf(played);
      const size = over === null ? null : Math.abs(over);
      return {
        feature_1: first,
        feature_2: second,
        correlation: near(over),
        strength: size === null ? null : size > 0.7 ? "Strong" : size > 0.4 ? "Moderate" : "Weak",
        correlation_over_songs: near(correlationOf(sung)),
        sample_size: played.length,
        songs: sung.length,
      };
    }),
  );
}

/** gold.mood_shift_patterns by one walk over all plays; seed exclusions must be empty. */
export function moodShiftPatterns(plays: readonly Play[]): readonly ExpectedRow[] {
  const ordered = plays.toSorted(
    (left, right) => left.started_at.getTime() - right.started_at.getTime() || (left.play_id < right.play_id ? -1 : 1),
  );
  const changes = [...groupBy(ordered, (play) => play.session_id).values()].flatMap(changesOf);
  const hours = [...groupBy(changes, (change) => change.hour)].toSorted(
    ([left], [right]) => Number(left) - Number(right),
  );
  return hours.flatMap(([hour, pairs]) => {
    const counted = pairs.filter((pair) => pair.values !== null && !pair.isRepeat);
    const counts = {
      pairs_with_features: counted.length,
      repeats: pairs.filter((pair) => pair.values !== null && pair.isRepeat).length,
      pairs: pairs.length,
    };
    const bySize = groupBy(counted, magnitudeOf);
    return magnitudes.flatMap((magnitude) => {
      const alike = bySize.get(magnitude);
      if (alike === undefined) return [];
      const changed = (index: 0 | 1) =>
        alike.length < 30 ? null : near(mean(alike.map((pair) => pair.values?.[index] ?? NaN)) / 1e9);
      return {
        hour_of_day: hour,
        shift_magnitude: magnitude,
        shift_count: alike.length,
        avg_valence_change: changed(0),
        avg_energy_change: changed(1),
        ...counts,
      };
    });
  });
}

function changesOf(session: readonly Play[]): readonly Change[] {
  return session.flatMap((play, index) => {
    const before = session[index - 1];
    if (before === undefined || !isCounted(before) || !isCounted(play)) return [];
    const [from, to] = [moodOf(before), moodOf(play)];
    return {
      hour: play.hour_of_day,
      isRepeat: play.song_id !== null && play.song_id === before.song_id,
      values: from === null || to === null ? null : ([to[0] - from[0], to[1] - from[1]] as const),
    };
  });
}

function isCounted(play: Play): boolean {
  return play.media_type === "track" && !play.is_private;
}

function moodOf(play: Play): readonly [number, number] | null {
  if (play.valence === null || play.energy === null || !averagedSources.has(play.feature_source)) return null;
  return [Math.round(play.valence * 1e9), Math.round(play.energy * 1e9)];
}

function magnitudeOf({ values }: Change): string {
  const largest = Math.max(...(values ?? []).map(Math.abs));
  return largest > 5e8 ? "Major_Shift" : largest > 2e8 ? "Minor_Shift" : "Stable";
}

function valuesOf(streams: readonly Stream[], first: Feature, second: Feature): readonly (readonly [number, number])[] {
  return streams.flatMap((stream) => {
    const [x, y] = [stream[first], stream[second]];
    return x === null || y === null ? [] : [[x, y] as const];
  });
}

/** Pearson's correlation by the products of what lies off the means. */
function correlationOf(pairs: readonly (readonly [number, number])[]): number | null {
  if (pairs.length < 30) return null;
  const meanX = mean(pairs.map(([x]) => x));
  const meanY = mean(pairs.map(([, y]) => y));
  let [together, squaresX, squaresY] = [0, 0, 0];
  for (const [x, y] of pairs) {
    together += (x - meanX) * (y - meanY);
    squaresX += (x - meanX) ** 2;
    squaresY += (y - meanY) ** 2;
  }
  return squaresX < 1e-9 || squaresY < 1e-9 ? null : together / Math.sqrt(squaresX * squaresY);
}
