import * as z from "zod";

import { type ExpectedRow, near, type Near } from "./expected-rows.ts";
import { type Comparison, compareInside, deviationOf, holm, mean } from "./poisson-bootstrap.ts";
import { groupBy } from "./raw-export.ts";

const feature = z.number().nullable();

/** What the diagnostic tables need of gold.streams. */
export const streamRow = z.object({
  song_id: z.string(),
  listening_date: z.date(),
  hour_of_day: z.number(),
  is_weekend: z.boolean(),
  part_of_day: z.string(),
  ms_played: z.number().nullable(),
  has_features: z.boolean(),
  valence: feature,
  energy: feature,
  danceability: feature,
  acousticness: feature,
  instrumentalness: feature,
  tempo: feature,
  loudness: feature,
});
export type Stream = z.infer<typeof streamRow>;
export type Feature = keyof Pick<
  Stream,
  "valence" | "energy" | "danceability" | "acousticness" | "instrumentalness" | "tempo" | "loudness"
>;

export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** gold.mood_time_correlations by loops over streams. */
export function moodTimeCorrelations(streams: readonly Stream[]): readonly ExpectedRow[] {
  const hours = [...groupBy(streams, (stream) => stream.hour_of_day)].toSorted(([left], [right]) => left - right);
  const judged = judge(
    (["valence", "energy"] as const).flatMap((name) =>
      hours.map(([hour]) => compare(streams, name, (stream) => stream.hour_of_day === hour)),
    ),
  );
  return hours.map(([hour, plays], index) => {
    const featured = plays.filter((play) => play.has_features);
    return {
      hour_of_day: hour,
      ...averages(plays, ["valence", "energy", "danceability", "acousticness"]),
      sample_size: featured.length,
      valence_stddev: near(deviation(plays, "valence")),
      energy_stddev: near(deviation(plays, "energy")),
      total_plays: plays.length,
      plays_with_features: featured.length,
      days: groupBy(featured, (play) => dayOf(play.listening_date)).size,
      ...prefixed("valence", judged[index] ?? {}),
      ...prefixed("energy", judged[hours.length + index] ?? {}),
    };
  });
}

/** gold.weekend_effects by loops over streams. */
export function weekendEffects(streams: readonly Stream[]): readonly ExpectedRow[] {
  const names = ["valence", "energy", "danceability", "tempo", "acousticness"] as const;
  const judged = judge(names.map((name) => compare(streams, name, (stream) => stream.is_weekend)));
  return names.map((name, index) => {
    const featured = streams.filter((stream) => stream[name] !== null);
    const [weekend, weekday] = [true, false].map((isWeekend) =>
      featured.filter((stream) => stream.is_weekend === isWeekend),
    );
    return {
      feature: name,
      weekend_average: near(average(weekend ?? [], name), digitsOf(name)),
      weekday_average: near(average(weekday ?? [], name), digitsOf(name)),
      ...judged[index],
      total_plays: streams.length,
      plays_with_features: featured.length,
      weekend_plays_with_features: weekend?.length ?? 0,
      weekend_days: groupBy(weekend ?? [], (stream) => dayOf(stream.listening_date)).size,
      weekday_days: groupBy(weekday ?? [], (stream) => dayOf(stream.listening_date)).size,
    };
  });
}

/** gold.weekend_vs_weekday by loops over streams and the days that sources cover. */
export function weekendVsWeekday(streams: readonly Stream[], coveredDays: readonly Date[]): readonly ExpectedRow[] {
  return [true, false].map((isWeekend) => {
    const plays = streams.filter((stream) => stream.is_weekend === isWeekend);
    const days = new Set(coveredDays.filter((day) => [0, 6].includes(day.getUTCDay()) === isWeekend).map(dayOf)).size;
    const valence = near(deviation(plays, "valence"));
    const energy = near(deviation(plays, "energy"));
    return {
      period: isWeekend ? "Weekend" : "Weekday",
      total_plays: plays.length,
      ...averages(plays, ["valence", "energy", "danceability", "tempo", "acousticness"]),
      valence_variance: valence,
      energy_variance: energy,
      valence_stddev: valence,
      energy_stddev: energy,
      plays_with_features: plays.filter((play) => play.has_features).length,
      days,
      plays_per_day: near(plays.length / days),
      minutes: near(plays.reduce((total, play) => total + (play.ms_played ?? 0), 0) / 60_000, 2),
      plays_without_ms: plays.filter((play) => play.ms_played === null).length,
    };
  });
}

/** gold.part_of_day_drivers by loops over streams and the days that sources cover. */
export function partOfDayDrivers(streams: readonly Stream[], coveredDays: readonly Date[]): readonly ExpectedRow[] {
  const days = new Set(coveredDays.map(dayOf)).size;
  const parts = { morning: 6, afternoon: 6, evening: 5, night: 7 };
  return Object.entries(parts).map(([part, hoursADay]) => {
    const plays = streams.filter((stream) => stream.part_of_day === part);
    return {
      part_of_day: part,
      total_plays: plays.length,
      ...averages(plays, ["valence", "energy", "danceability", "acousticness", "instrumentalness", "tempo"]),
      valence_consistency: near(deviation(plays, "valence")),
      energy_consistency: near(deviation(plays, "energy")),
      hours: hoursADay * days,
      plays_per_hour: near(plays.length / (hoursADay * days)),
      plays_with_features: plays.filter((play) => play.has_features).length,
    };
  });
}

interface FeatureComparison extends Comparison {
  readonly name: Feature;
}

function compare(streams: readonly Stream[], name: Feature, isInside: (stream: Stream) => boolean): FeatureComparison {
  const samples = streams.flatMap((stream) => {
    const value = stream[name];
    return value === null ? [] : { day: dayOf(stream.listening_date), value, isInside: isInside(stream) };
  });
  return { name, ...compareInside(samples) };
}

/** The columns of differences, with p-values corrected over all of them. */
function judge(comparisons: readonly FeatureComparison[]): readonly ExpectedRow[] {
  const corrected = holm(comparisons.map((comparison) => comparison.pValue));
  return comparisons.map(({ name, difference, low, high, effectSize }, index) => {
    const pValue = corrected[index] ?? null;
    return {
      difference: near(difference, digitsOf(name)),
      difference_low: near(low, digitsOf(name)),
      difference_high: near(high, digitsOf(name)),
      effect_size: near(effectSize),
      p_value: nearP(pValue),
      verdict: verdictOf(pValue, effectSize),
    };
  });
}

/** The model's approximation is right to 3 % of the p-value. */
function nearP(pValue: number | null): Near | null {
  return pValue === null ? null : { about: pValue, within: 0.000051 + 0.03 * pValue };
}

function verdictOf(pValue: number | null, effectSize: number | null): string | null {
  if (pValue === null) return null;
  if (pValue > 0.05) return "noise";
  return effectSize !== null && Math.abs(effectSize) < 0.2 ? "small" : "clear";
}

function prefixed(name: string, row: ExpectedRow): ExpectedRow {
  return Object.fromEntries(Object.entries(row).map(([column, cell]) => [`${name}_${column}`, cell]));
}

function averages(plays: readonly Stream[], names: readonly Feature[]): ExpectedRow {
  return Object.fromEntries(names.map((name) => [`avg_${name}`, near(average(plays, name), digitsOf(name))]));
}

function average(plays: readonly Stream[], name: Feature): number | null {
  const values = plays.flatMap((play) => play[name] ?? []);
  return values.length < 30 ? null : mean(values);
}

function deviation(plays: readonly Stream[], name: Feature): number | null {
  const values = plays.flatMap((play) => play[name] ?? []);
  return values.length < 30 ? null : deviationOf(values);
}

function digitsOf(name: Feature): number {
  return name === "tempo" ? 1 : 3;
}
