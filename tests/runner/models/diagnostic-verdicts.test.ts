import assert from "node:assert/strict";
import { test } from "node:test";

import { type BronzeRow, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { newLife, trackId, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["gold/diagnostic"];

/**
 * Ten weeks from Monday 2024-03-04 on, every day alike but for weekends: two songs at 8, two at 20, and on weekdays one
 * at 13 that the catalogue lacks. Each replicate of the bootstrap gives the same differences, since they are those of
 * every single day, so that intervals and p-values can be written down by hand.
 */
const dayCount = 70;
const weekdaySongs = ["Ann - A", "Ann - B", "Ann - C", "Ann - D"];
const weekendSongs = ["Ann - E", "Ann - F", "Ann - G", "Ann - H"];

function isWeekend(day: number): boolean {
  return day % 7 >= 5;
}

function moment(day: number, hour: number, minute: number): string {
  const ended = new Date(Date.UTC(2024, 2, 4 + day, hour, minute));
  return ended.toISOString().slice(0, 19).replace("T", " ");
}

function playsOf(day: number): readonly BronzeRow[] {
  const [first = "", second = "", third = "", fourth = ""] = isWeekend(day) ? weekendSongs : weekdaySongs;
  return [
    trackRow(moment(day, 8, 3), first),
    trackRow(moment(day, 8, 6), second),
    ...(isWeekend(day) ? [] : [trackRow(moment(day, 13, 3), "Bo - Unknown")]),
    trackRow(moment(day, 20, 3), third),
    trackRow(moment(day, 20, 6), fourth),
  ];
}

/** Features of each slot of a day: 8:00, 8:03, 20:00, 20:03. */
const weekdayFeatures = {
  valence: [0.5, 0.5, 0.3, 0.3],
  energy: [0.3, 0.7, 0.3, 0.7],
  danceability: [0.4, 0.6, 0.4, 0.6],
  tempo: [120, 120, 120, 120],
};
const weekendFeatures = {
  valence: [0.9, 0.9, 0.7, 0.7],
  energy: [0.3, 0.72, 0.3, 0.72],
  danceability: [0.4, 0.6, 0.4, 0.6],
  tempo: [121, 121, 121, 121],
};

function catalogueOf(songs: readonly string[], features: Readonly<Record<string, readonly number[]>>): BronzeRow[] {
  return songs.map((song, slot) => ({
    track_id: trackId(song),
    track_name: song.slice(6),
    artists: "Ann",
    ...Object.fromEntries(Object.entries(features).map(([name, values]) => [name, values[slot] ?? null])),
  }));
}

const days = Array.from({ length: dayCount }, (_, day) => day);
const catalogue = [...catalogueOf(weekdaySongs, weekdayFeatures), ...catalogueOf(weekendSongs, weekendFeatures)].map(
  (row, index) => ({ ...row, line_number: index + 2, acousticness: 0.2 }),
);

test("ten weeks of the same weekdays and the same weekends", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(extendedFile("Streaming_History_Audio_2024.json", days.flatMap(playsOf)), catalogueFile(catalogue));
  await life.build("+tag:diagnostic");

  // 50 weekdays with 4 featured streams of 5, 20 weekend days with 4.
  const counts = {
    total_plays: 330,
    plays_with_features: 280,
    weekend_plays_with_features: 80,
    weekend_days: 20,
    weekday_days: 50,
  };
  const effect = (feature: string, averages: readonly [number, number, number], verdict: object) => {
    const [weekend, weekday, difference] = averages;
    const interval = { difference, difference_low: difference, difference_high: difference };
    return { feature, weekend_average: weekend, weekday_average: weekday, ...interval, ...verdict, ...counts };
  };

  await context.test("weekend_effects has every verdict", async () => {
    assert.deepEqual(await life.query("select * from gold.weekend_effects"), [
      // Squares: weekdays 200 · 0.1², weekends 80 · 0.1²; 0.4 / √(2.8 / 278).
      effect("valence", [0.8, 0.4, 0.4], { effect_size: 3.986, p_value: 0, verdict: "clear" }),
      // Squares: weekdays 200 · 0.2², weekends 80 · 0.21²; 0.01 / √(11.528 / 278).
      effect("energy", [0.51, 0.5, 0.01], { effect_size: 0.049, p_value: 0, verdict: "small" }),
      effect("danceability", [0.5, 0.5, 0], { effect_size: 0, p_value: 1, verdict: "noise" }),
      // Nothing varies on either side: no effect size, and no doubt either.
      effect("tempo", [121, 120, 1], { effect_size: null, p_value: 0, verdict: "clear" }),
      effect("acousticness", [0.2, 0.2, 0], { effect_size: null, p_value: 1, verdict: "noise" }),
    ]);
  });

  await context.test("mood_time_correlations compares each hour with all others", async () => {
    const hour = (hourOfDay: number, valence: number, sign: 1 | -1) => ({
      hour_of_day: hourOfDay,
      avg_valence: valence,
      // 100 weekday streams at 0.5, 40 weekend streams at 0.51.
      avg_energy: 0.503,
      avg_danceability: 0.5,
      avg_acousticness: 0.2,
      sample_size: 140,
      // Squares: 100 · 0.1142857² + 40 · 0.2857143² = 4.571429, over 139.
      valence_stddev: 0.181,
      // Squares: 50 · (0.2028571² + 0.1971429²) + 20 · (0.2028571² + 0.2171429²) = 5.765714, over 139.
      energy_stddev: 0.204,
      total_plays: 140,
      plays_with_features: 140,
      days: 70,
      valence_difference: 0.2 * sign,
      valence_difference_low: 0.2 * sign,
      valence_difference_high: 0.2 * sign,
      // 0.2 / √(2 · 4.571429 / 278)
      valence_effect_size: 1.103 * sign,
      valence_p_value: 0,
      valence_verdict: "clear",
      energy_difference: 0,
      energy_difference_low: 0,
      energy_difference_high: 0,
      energy_effect_size: 0,
      energy_p_value: 1,
      energy_verdict: "noise",
    });
    const [morning, unknown, evening, ...more] = await life.query("select * from gold.mood_time_correlations");
    // (100 · 0.5 + 40 · 0.9) / 140 and (100 · 0.3 + 40 · 0.7) / 140
    assert.deepEqual([morning, evening, more], [hour(8, 0.614, 1), hour(20, 0.414, -1), []]);
    const known = { hour_of_day: 13, sample_size: 0, total_plays: 50, plays_with_features: 0, days: 0 };
    const nulls = Object.keys(hour(13, 0, 1)).map((column) => [column, null]);
    assert.deepEqual(unknown, { ...Object.fromEntries(nulls), ...known });
  });

  await context.test("weekend_vs_weekday gives both periods a rate", async () => {
    const period = (name: string, [plays, perDay, days_, minutes]: readonly [number, number, number, number]) => ({
      period: name,
      total_plays: plays,
      days: days_,
      plays_per_day: perDay,
      minutes,
      plays_without_ms: 0,
      avg_danceability: 0.5,
      avg_acousticness: 0.2,
    });
    assert.deepEqual(await life.query("select * from gold.weekend_vs_weekday"), [
      {
        ...period("Weekend", [80, 4, 20, 240]),
        avg_valence: 0.8,
        avg_energy: 0.51,
        avg_tempo: 121,
        // √(80 · 0.1² / 79) and √(80 · 0.21² / 79)
        valence_variance: 0.101,
        valence_stddev: 0.101,
        energy_variance: 0.211,
        energy_stddev: 0.211,
        plays_with_features: 80,
      },
      {
        ...period("Weekday", [250, 5, 50, 750]),
        avg_valence: 0.4,
        avg_energy: 0.5,
        avg_tempo: 120,
        // √(200 · 0.1² / 199) and √(200 · 0.2² / 199)
        valence_variance: 0.1,
        valence_stddev: 0.1,
        energy_variance: 0.201,
        energy_stddev: 0.201,
        plays_with_features: 200,
      },
    ]);
  });

  await context.test("part_of_day_drivers counts the hours of all covered days", async () => {
    assert.deepEqual(
      await life.query(`select part_of_day, total_plays, plays_with_features, hours, plays_per_hour, avg_valence,
        avg_tempo, avg_instrumentalness, valence_consistency, energy_consistency from gold.part_of_day_drivers`),
      [
        // 6 · 70 hours; (100 · 120 + 40 · 121) / 140.
        ["morning", 140, 140, 420, 0.333, 0.614, 120.3, 0, 0.181, 0.204],
        ["afternoon", 50, 0, 420, 0.119, null, null, null, null, null],
        ["evening", 140, 140, 350, 0.4, 0.414, 120.3, 0, 0.181, 0.204],
        ["night", 0, 0, 490, 0, null, null, null, null, null],
      ].map(([part, plays, featured, hours, rate, valence, tempo, instrumental, valenceSpread, energySpread]) => ({
        part_of_day: part,
        total_plays: plays,
        plays_with_features: featured,
        hours,
        plays_per_hour: rate,
        avg_valence: valence,
        avg_tempo: tempo,
        avg_instrumentalness: instrumental,
        valence_consistency: valenceSpread,
        energy_consistency: energySpread,
      })),
    );
  });
});
