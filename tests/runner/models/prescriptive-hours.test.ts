import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { type BronzeRow, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { parseCsvRows } from "../../support/csv.ts";
import { type Life, newLife, trackId, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["gold/prescriptive"];

/** Songs of a catalogue, by name: valence and energy. */
const sounds = {
  lively: [0.8, 0.8],
  gentle: [0.8, 0.2],
  driving: [0.2, 0.8],
  sombre: [0.2, 0.2],
  middling: [0.5, 0.5],
  low: [0.3, 0.5],
  almost: [0.3997, 0.5],
} as const;
type Sound = keyof typeof sounds | "unknown";

const catalogue = catalogueFile(
  Object.entries(sounds).map(([name, [valence, energy]], index) => ({
    line_number: index + 2,
    track_id: trackId(name),
    track_name: name,
    artists: "Ann",
    valence,
    energy,
  })),
);

/** Streams of a minute each, one a minute from a full hour of Berlin on, in July, when it is two hours ahead of UTC. */
function inHour(hour: number, day: number, streams: Partial<Record<Sound, number>>): readonly BronzeRow[] {
  const names = Object.entries(streams).flatMap(([name, count]) => Array.from({ length: count }, () => name));
  return names.map((name, minute) => {
    const ended = new Date(Date.UTC(2024, 6, day, hour - 2, minute + 1)).toISOString();
    // The catalogue knows nothing of Bo, so that nothing can be estimated either.
    const song = name === "unknown" ? "Bo - unknown" : `Ann - ${name}`;
    return trackRow(ended.slice(0, 19).replace("T", " "), song, {
      ms_played: 60_000,
      track_id: trackId(song.slice(song.indexOf(" - ") + 3)),
    });
  });
}

const week = [
  ...inHour(3, 1, { unknown: 2 }),
  ...inHour(7, 1, { lively: 30 }),
  ...inHour(8, 1, { lively: 29, unknown: 5 }),
  ...inHour(9, 1, { gentle: 30 }),
  ...inHour(10, 1, { driving: 20 }),
  ...inHour(10, 2, { driving: 10 }),
  ...inHour(10, 3, { unknown: 1 }),
  ...inHour(11, 1, { sombre: 30 }),
  ...inHour(12, 1, { driving: 15, middling: 15 }),
  ...inHour(13, 1, { driving: 10, middling: 20 }),
  ...inHour(14, 1, { driving: 20, middling: 10 }),
  ...inHour(15, 1, { lively: 10, middling: 20 }),
  ...inHour(16, 1, { almost: 30 }),
  ...inHour(17, 1, { low: 30 }),
];

async function seedRows(life: Life, name: string): Promise<readonly Readonly<Record<string, string>>[]> {
  return parseCsvRows(await readFile(join(life.root, "seeds", `${name}.csv`), "utf8"));
}

test("hours by the mood of their music", async (context) => {
  const life = await newLife(context, "Europe/Berlin", models);
  await life.land(extendedFile("Streaming_History_Audio_2024.json", week), catalogue);
  await life.build("+tag:prescriptive");

  await context.test("optimal_listening_times has the mood of each hour's means, null below 30", async () => {
    const hour = (hour_of_day: number, mood_state: string | null, figures: readonly (number | null)[]) => {
      const [predicted_valence, avg_energy, plays, plays_with_features] = figures;
      return { hour_of_day, mood_state, predicted_valence, avg_energy, plays, plays_with_features };
    };
    assert.deepEqual(
      await life.query(`select hour_of_day, mood_state, predicted_valence, avg_energy, plays, plays_with_features
        from gold.optimal_listening_times`),
      [
        hour(3, null, [null, null, 2, 0]),
        hour(7, "Happy & Energetic", [0.8, 0.8, 30, 30]),
        hour(8, null, [null, null, 34, 29]),
        hour(9, "Happy & Calm", [0.8, 0.2, 30, 30]),
        hour(10, "Intense & Focused", [0.2, 0.8, 31, 30]),
        hour(11, "Reflective & Calm", [0.2, 0.2, 30, 30]),
        // (15 × 0.2 + 15 × 0.5) / 30 and (15 × 0.8 + 15 × 0.5) / 30.
        hour(12, "Intense & Focused", [0.35, 0.65, 30, 30]),
        // 12 / 30 is not below 0.4.
        hour(13, "Neutral", [0.4, 0.6, 30, 30]),
        // 9 / 30 and 21 / 30.
        hour(14, "Intense & Focused", [0.3, 0.7, 30, 30]),
        // 18 / 30 twice; 0.6 is high.
        hour(15, "Happy & Energetic", [0.6, 0.6, 30, 30]),
        hour(16, "Neutral", [0.4, 0.5, 30, 30]),
        hour(17, "Neutral", [0.3, 0.5, 30, 30]),
      ],
    );
  });

  await context.test("optimal_listening_times is observed and has the texts of its seed", async () => {
    assert.deepEqual(await life.query("select distinct basis, predicted_at from gold.optimal_listening_times"), [
      { basis: "observed", predicted_at: null },
    ]);
    const texts = new Map((await seedRows(life, "listening_time_texts")).map((row) => [row["mood_state"], row]));
    const moods = ["Happy & Calm", "Happy & Energetic", "Intense & Focused", "Neutral", "Reflective & Calm"];
    assert.deepEqual(
      await life.query(`select distinct mood_state, recommended_activity, wellbeing_tip
        from gold.optimal_listening_times where mood_state is not null order by mood_state`),
      moods.map((mood_state) => {
        const { recommended_activity, wellbeing_tip } = texts.get(mood_state) ?? {};
        return { mood_state, recommended_activity, wellbeing_tip };
      }),
    );
    assert.deepEqual(
      await life.query(`select distinct recommended_activity, wellbeing_tip from gold.optimal_listening_times
        where mood_state is null`),
      [{ recommended_activity: null, wellbeing_tip: null }],
    );
  });

  await context.test("mood_intervention_triggers has the hours whose mean lies below 0.4", async () => {
    const [high, medium] = await seedRows(life, "intervention_texts");
    const hour = (hour_of_day: number, seed: typeof high, figures: readonly number[]) => {
      const [avg_valence, avg_energy, low_mood_count, total_plays, plays_with_features, days] = figures;
      const { below_valence: _, ...texts } = seed ?? {};
      return { hour_of_day, ...texts, avg_valence, avg_energy, low_mood_count, total_plays, plays_with_features, days };
    };
    assert.equal(high?.["intervention_needed"], "High Priority");
    assert.equal(medium?.["intervention_needed"], "Medium Priority");
    assert.deepEqual(await life.query("select * from gold.mood_intervention_triggers"), [
      hour(10, high, [0.2, 0.8, 30, 31, 30, 2]),
      hour(11, high, [0.2, 0.2, 30, 30, 30, 1]),
      hour(12, medium, [0.35, 0.65, 15, 30, 30, 1]),
      // The mean is 0.3, which is not below 0.3.
      hour(14, medium, [0.3, 0.7, 20, 30, 30, 1]),
      // The mean 0.3997 lies below 0.4, whatever it is rounded to.
      hour(16, medium, [0.4, 0.5, 0, 30, 30, 1]),
      // Songs of exactly 0.3 are not low.
      hour(17, medium, [0.3, 0.5, 0, 30, 30, 1]),
    ]);
  });
});

test("20 plays on one day without a catalogue are hours without a mood", async (context) => {
  const life = await newLife(context, "Europe/Berlin", models);
  await life.land(extendedFile("Streaming_History_Audio_2024.json", inHour(20, 1, { lively: 20 })));
  await life.build("+tag:prescriptive");
  assert.deepEqual(await life.query("select * from gold.optimal_listening_times"), [
    {
      hour_of_day: 20,
      mood_state: null,
      predicted_valence: null,
      avg_energy: null,
      recommended_activity: null,
      wellbeing_tip: null,
      basis: "observed",
      plays: 20,
      plays_with_features: 0,
      predicted_at: null,
    },
  ]);
  for (const table of [
    "mood_intervention_triggers",
    "mood_improvement_recommendations",
    "personalized_playlist_suggestions",
  ]) {
    assert.deepEqual(await life.query(`select * from gold.${table}`), [], table);
  }
});
