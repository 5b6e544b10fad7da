import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { accountFile, type BronzeRow, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { accountRow, newLife, trackId, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["gold/diagnostic"];

function moment(minute: number): string {
  return new Date(Date.UTC(2024, 2, 4, 10, minute)).toISOString().slice(0, 19).replace("T", " ");
}

function song(title: string, line: number, features: BronzeRow): BronzeRow {
  return { line_number: line, track_id: trackId(`Ann - ${title}`), track_name: title, artists: "Ann", ...features };
}

test("feature_correlations weighs songs by their streams, and once each", async (context) => {
  const life = await newLife(context, "UTC", models);
  // 32 songs with each feature high or low: 12 high and 12 low in both kinds, streamed once, 4 and 4 mixed, thrice.
  const kinds = Array.from({ length: 32 }, (_, index) => {
    const [valence, energy] = index < 12 ? [1, 1] : index < 24 ? [0, 0] : index < 28 ? [1, 0] : [0, 1];
    return { title: `Song ${index + 10}`, valence, energy, streams: valence === energy ? 1 : 3 };
  });
  const streams = kinds.flatMap(({ title, streams: times }) => Array.from({ length: times }, () => title));
  await life.land(
    extendedFile(
      "Streaming_History_Audio_2024.json",
      streams.map((title, index) => trackRow(moment(3 * index), `Ann - ${title}`)),
    ),
    catalogueFile(
      kinds.map(({ title, valence, energy }, index) =>
        song(title, index + 2, {
          valence: 0.2 + 0.6 * valence,
          danceability: 0.9 - 0.3 * valence,
          tempo: 100 + 25 * valence,
          energy: 0.1 + 0.7 * energy,
          instrumentalness: 0.5 * energy,
          loudness: -5 - 10 * energy,
        }),
      ),
    ),
  );
  await life.build("+tag:diagnostic");
  // Valence, danceability and tempo rise and fall together, energy, instrumentalness and loudness do; the others do not
  // over streams (12 · 12 - 12 · 12 = 0) and do over songs: (12 · 12 - 4 · 4) / (16 · 16) = 0.5.
  const signs = {
    valence: 1,
    energy: 1,
    danceability: -1,
    acousticness: 0,
    instrumentalness: 1,
    tempo: 1,
    loudness: -1,
  };
  const alike = [new Set(["valence", "danceability", "tempo"]), new Set(["energy", "instrumentalness", "loudness"])];
  const features = Object.entries(signs);
  const expected = features.flatMap(([first, one], place) =>
    features.slice(place + 1).map(([second, other]) => {
      const isAlike = alike.some((kind) => kind.has(first) && kind.has(second));
      const pair = { feature_1: first, feature_2: second, sample_size: 48, songs: 32 };
      // Acousticness is the same everywhere.
      if (one * other === 0) return { ...pair, correlation: null, strength: null, correlation_over_songs: null };
      if (isAlike) {
        return { ...pair, correlation: one * other, strength: "Strong", correlation_over_songs: one * other };
      }
      return { ...pair, correlation: 0, strength: "Weak", correlation_over_songs: 0.5 * one * other };
    }),
  );
  assert.equal(expected.length, 21);
  assert.deepEqual(await life.query("select * from gold.feature_correlations"), expected);
});

/** One morning: what plays every three minutes from 10:00 on; the last at 12:00. */
const morning: readonly BronzeRow[] = [
  trackRow(moment(3), "Ann - A"),
  trackRow(moment(6), "Ann - B"), // valence + 0.2: stable
  trackRow(moment(9), "Ann - B"), // a repeat
  trackRow(moment(12), "Ann - C"), // valence + 0.2, which is more in binary fractions: stable
  trackRow(moment(15), "Ann - D"), // valence - 0.5: minor
  trackRow(moment(18), "Ann - E"), // valence + 0.6: major
  trackRow(moment(21), "Bo - Unknown"), // no features
  trackRow(moment(24), "Ann - A"), // after one without features
  trackRow(moment(25), "Ann - B", { ms_played: 2000, reason_end: "fwdbtn" }), // valence + 0.2, though no stream: stable
  { ...trackRow(moment(28), "x"), media_type: "episode", track_id: null, track_name: null, episode_name: "News" },
  trackRow(moment(31), "Ann - C"), // after a podcast
  trackRow(moment(34), "Ann - D", { incognito: true }), // private
  trackRow(moment(37), "Ann - A"), // after a private play
  trackRow(moment(40), "Ann - F"), // valence + 0.4, energy - 0.3: minor
  trackRow(moment(123), "Ann - G"), // after a pause of 80 minutes; energy + 0.6: major, were it one session
];

function mornings(count: number): readonly BronzeRow[] {
  return Array.from({ length: count }, (_, day) => morning.map((row) => ({ ...row, ...later(row, day) }))).flat();
}

function later(row: BronzeRow, day: number): BronzeRow {
  const ended = new Date(Date.parse(`${String(row["ended_at"]).replace(" ", "T")}Z`) + day * 86_400_000);
  return { ended_at: ended.toISOString().slice(0, 19).replace("T", " ") };
}

function shifts(hour: number, [pairs, featured, repeats]: readonly [number, number, number]) {
  return (magnitude: string, count: number, [valence, energy]: readonly [number | null, number | null]) => ({
    hour_of_day: hour,
    shift_magnitude: magnitude,
    shift_count: count,
    avg_valence_change: valence,
    avg_energy_change: energy,
    pairs_with_features: featured,
    repeats,
    pairs,
  });
}

const moods = {
  A: { valence: 0.5, energy: 0.5 },
  B: { valence: 0.7, energy: 0.5 },
  C: { valence: 0.9, energy: 0.5 },
  D: { valence: 0.4, energy: 0.5 },
  E: { valence: 1, energy: 0.5 },
  F: { valence: 0.9, energy: 0.2 },
  G: { valence: 0.9, energy: 0.8 },
};

test("mood_shift_patterns", async (context) => {
  const life = await newLife(context, "UTC", models);
  const patterns = () => life.query("select * from gold.mood_shift_patterns");
  const change = async (setting: string, value: string) => {
    const path = join(life.root, "project.yml");
    const text = await readFile(path, "utf8");
    assert.ok(text.includes(setting));
    await writeFile(path, text.replace(setting, value));
    await life.build("+tag:diagnostic");
  };
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", mornings(30)),
    catalogueFile(Object.entries(moods).map(([title, features], index) => song(title, index + 2, features))),
  );
  await life.build("+tag:diagnostic");

  await context.test("compares each play with the one directly before", async () => {
    // Of 9 pairs a morning 7 have features, one of them a repeat.
    const row = shifts(10, [270, 180, 30]);
    assert.deepEqual(await patterns(), [
      row("Stable", 90, [0.2, 0]),
      row("Minor_Shift", 60, [-0.05, -0.15]), // (-0.5 + 0.4) / 2 and (0 - 0.3) / 2
      row("Major_Shift", 30, [0.6, 0]),
    ]);
  });

  await context.test("leaves out what seed exclusions name", async () => {
    await life.exclude("track,C,Ann,,,");
    await life.build("+tag:diagnostic");
    // Left over: A B, B B, E Unknown, Unknown A, A B, A F; and D E.
    const row = shifts(10, [210, 120, 30]);
    assert.deepEqual(await patterns(), [
      row("Stable", 60, [0.2, 0]),
      row("Minor_Shift", 30, [0.4, -0.3]),
      row("Major_Shift", 30, [0.6, 0]),
    ]);
  });

  await context.test("has the sessions of session_gap_minutes", async () => {
    await life.exclude("period,,,2024-03-05,2024-03-05,");
    await change("session_gap_minutes: 30", "session_gap_minutes: 90");
    const [later_, ...more] = (await patterns()).slice(3);
    // One of 30 mornings is excluded, and fewer than 30 pairs have no average.
    assert.deepEqual([later_, more], [shifts(12, [29, 29, 0])("Major_Shift", 29, [null, null]), []]);
  });

  await context.test("is empty where gold averages no source that the songs have", async () => {
    await change("feature_sources: [given, catalogue, catalogue_name]", "feature_sources: [catalogue_name]");
    assert.deepEqual(await patterns(), []);
  });
});

test("a life of a Wednesday without a catalogue has all diagnostic rows that need none", async (context) => {
  const life = await newLife(context, "UTC", models);
  const minutes = Array.from({ length: 20 }, (_, index) => String(3 + 2 * index).padStart(2, "0"));
  await life.land(
    accountFile(
      "StreamingHistory_music_0.json",
      minutes.map((minute) => accountRow(`2024-03-06 10:${minute}`, "Ann - One")),
    ),
  );
  await life.build("+tag:diagnostic");
  assert.deepEqual(
    await life.query(`select
      (select string_agg(period || ' ' || total_plays || ' ' || days || ' ' || coalesce(plays_per_day::varchar, 'none'), ', ')
        from gold.weekend_vs_weekday) as periods,
      (select count(*) from gold.mood_time_correlations where total_plays = 20 and valence_verdict is null) as hours,
      (select count(*) from gold.weekend_effects where verdict is null and difference is null) as effects,
      (select count(*) from gold.feature_correlations where correlation is null and sample_size = 0) as pairs,
      (select count(*) from gold.mood_shift_patterns) as shifts,
      (select max(total_plays) from gold.part_of_day_drivers) as morning_plays`),
    [
      {
        periods: "Weekend 0 0 none, Weekday 20 1 20.0",
        hours: 1,
        effects: 5,
        pairs: 21,
        shifts: 0,
        morning_plays: 20,
      },
    ],
  );
});
