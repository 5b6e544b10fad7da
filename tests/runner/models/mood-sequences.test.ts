import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { type BronzeRow, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { type Life, newLife, trackId, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["gold/cognitive"];

const moods: Readonly<Record<string, BronzeRow>> = {
  Glad: { valence: 0.8, energy: 0.8 },
  Cosy: { valence: 0.8, energy: 0.2 },
  Wild: { valence: 0.2, energy: 0.8 },
  Gloomy: { valence: 0.2, energy: 0.2 },
  Plain: { valence: 0.5, energy: 0.5 },
};

/** A catalogue of two songs a mood, `Ann - Glad`, `Bo - Glad` and so on. */
const catalogue = catalogueFile(
  Object.entries(moods).flatMap(([title, features], index) =>
    ["Ann", "Bo"].map((artists, place) => {
      const names = { track_id: trackId(`${artists} - ${title}`), track_name: title, artists };
      return Object.assign({ line_number: 2 + 2 * index + place }, names, features);
    }),
  ),
);

/** Plays of three minutes one after the other. */
function session(from: string, plays: readonly (readonly [names: string, more?: BronzeRow])[]): readonly BronzeRow[] {
  return plays.map(([names, more], index) => {
    const end = new Date(Date.parse(`${from}Z`) + 180_000 * (index + 1));
    return trackRow(end.toISOString().slice(0, 19).replace("T", " "), names, more);
  });
}

/** The same session at noon on several days of a month. */
function days(month: string, count: number, names: readonly string[]): readonly BronzeRow[] {
  const plays = names.map((name) => [name] as const);
  return Array.from({ length: count }, (_, day) =>
    session(`${month}-${String(day + 1).padStart(2, "0")} 12:00:00`, plays),
  ).flat();
}

/** The cells of each row, without the names of the columns. */
async function cells(life: Life, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await life.query(sql)).map((row) => Object.values(row));
}

test("what follows what", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      ...days("2024-05", 20, ["Ann - Glad", "Bo - Glad", "Ann - Plain"]),
      ...days("2024-06", 10, ["Ann - Plain", "Ann - Gloomy", "Ann - Glad"]),
    ]),
    catalogue,
  );
  await life.build("+tag:cognitive");

  await context.test("is compared with chance in mood_transitions", async () => {
    // 60 pairs: 20 Glad–Glad, 20 Glad–Plain, 10 Plain–Gloomy, 10 Gloomy–Glad; 30 lead to Glad, 20 to Plain, 10 to Gloomy.
    // By chance: 40 pairs from Glad × 30 / 60 to Glad = 20, × 20 / 60 to Plain = 13.3, × 10 / 60 to Gloomy = 6.7.
    // Shuffled: a session of May has Glad–Glad, Glad–Plain and Plain–Glad with 2 of its 6 orders of two streams each, a
    // session of June six kinds of pairs with 1 of 6 each, and 2 pairs are seen: 20 × 2/3 = 13.3, and 10 × 1/3 = 3.3 more.
    const columns = `next_mood, transitions, transitions_from_mood, probability, expected_transitions, lift,
      shuffled_transitions, lift_in_session`;
    const rows = await cells(
      life,
      `select ${columns} from gold.mood_transitions where mood_category = 'Happy_Energetic'`,
    );
    assert.deepEqual(rows, [
      ["Happy_Energetic", 20, 40, 0.5, 20, 1, 13.3, 1.5],
      ["Happy_Calm", 0, 40, 0, 0, null, 0, null],
      ["Sad_Energetic", 0, 40, 0, 0, null, 0, null],
      // Never, where chance would have brought 6.7; of 3.3 nothing is said.
      ["Sad_Calm", 0, 40, 0, 6.7, 0, 3.3, null],
      // 20 / 13.3 and 20 / 16.7
      ["Neutral", 20, 40, 0.5, 13.3, 1.5, 16.7, 1.2],
    ]);
  });

  await context.test("is counted but not judged below 30 pairs", async () => {
    const rows = await cells(
      life,
      `select mood_category, next_mood, transitions, transitions_from_mood, expected_transitions, shuffled_transitions,
      coalesce(probability, lift, lift_in_session)
      from gold.mood_transitions where mood_category != 'Happy_Energetic'
      and next_mood in ('Happy_Energetic', 'Sad_Calm', 'Neutral')`,
    );
    assert.deepEqual(rows, [
      ["Sad_Calm", "Happy_Energetic", 10, 10, 5, 3.3, null],
      ["Sad_Calm", "Sad_Calm", 0, 10, 1.7, 0, null],
      ["Sad_Calm", "Neutral", 0, 10, 3.3, 3.3, null],
      ["Neutral", "Happy_Energetic", 0, 10, 5, 16.7, null],
      ["Neutral", "Sad_Calm", 10, 10, 1.7, 3.3, null],
      ["Neutral", "Neutral", 0, 10, 3.3, 0, null],
    ]);
  });

  await context.test("is summed up in sequential_patterns, ties by the order of the moods", async () => {
    assert.deepEqual(await cells(life, "select * exclude (behavioral_insight) from gold.sequential_patterns"), [
      ["Happy_Energetic", 50, "Positive Mood Sequence", 40, "Happy_Energetic", 0.5, 1, 1.5],
      ["Neutral", 30, "Neutral Sequence", 10, null, null, null, null],
      ["Sad_Calm", 10, "Negative Mood Sequence", 10, null, null, null, null],
    ]);
  });

  await context.test("is put into words by what follows most often", async () => {
    const kinds = () =>
      life.query(`select string_agg(mood_category || ' ' || next_kind, ', ' order by mood_category) as kinds
        from gold.sequential_patterns inner join seeds.mood_sequences using (mood_category, behavioral_insight)`);
    assert.deepEqual(await kinds(), [{ kinds: "Happy_Energetic same, Neutral unknown, Sad_Calm unknown" }]);
    const more = days("2024-07", 20, ["Ann - Plain", "Ann - Gloomy"]);
    await life.land(extendedFile("Streaming_History_Audio_2024_1.json", more));
    await life.build("+tag:cognitive");
    assert.deepEqual(await kinds(), [{ kinds: "Happy_Energetic same, Neutral other, Sad_Calm unknown" }]);
  });
});

/** The pairs of moods and how often each came, as `Glad Plain 2`. */
async function pairsOf(life: Life): Promise<unknown> {
  const [row] =
    await life.query(`select string_agg(concat_ws(' ', mood_category, next_mood, transitions), ', ') as pairs
    from gold.mood_transitions where transitions > 0`);
  return row?.["pairs"];
}

test("a pair is two streams of different songs, one right after the other in a session", async (context) => {
  const life = await newLife(context, "UTC", models);
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", [
      // A song again, in another version too, is no pair; what comes after it is.
      ...session("2024-05-01 12:00:00", [
        ["Ann - Glad"],
        ["Ann - Glad"],
        ["Ann - Glad (Remastered 2011)"],
        ["Bo - Wild"],
      ]),
      // A play too short for a stream does not come between.
      ...session("2024-05-02 12:00:00", [["Ann - Cosy"], ["Ann - Wild", { ms_played: 10_000 }], ["Ann - Gloomy"]]),
      // A song without features does, as do private and excluded ones.
      ...session("2024-05-03 12:00:00", [["Ann - Plain"], ["Ann - Unheard"], ["Ann - Gloomy"]]),
      ...session("2024-05-04 12:00:00", [["Ann - Plain"], ["Ann - Wild", { incognito: true }], ["Ann - Gloomy"]]),
      ...session("2024-05-05 12:00:00", [["Ann - Plain"], ["Rain - Drops"], ["Ann - Gloomy"]]),
      // Forty minutes of silence end a session.
      ...session("2024-05-06 12:00:00", [["Bo - Wild"]]),
      ...session("2024-05-06 12:43:00", [["Bo - Plain"]]),
    ]),
    catalogue,
  );
  await life.exclude("artist,Rain,,,,sleep");
  const counted = "Happy_Energetic Sad_Energetic 1, Happy_Calm Sad_Calm 1";

  await context.test("whatever else was played", async () => {
    await life.build("+tag:cognitive");
    assert.equal(await pairsOf(life), counted);
    // Two versions of a song and it twice are one song: Glad–Wild and Wild–Glad are all orders that differ.
    assert.deepEqual(
      await life.query(`select mood_category, next_mood, shuffled_transitions as shuffled from gold.mood_transitions
        where shuffled_transitions > 0 and mood_category = 'Happy_Energetic'`),
      [{ mood_category: "Happy_Energetic", next_mood: "Sad_Energetic", shuffled: 0.5 }],
    );
  });

  const settings = [
    ["session_gap_minutes: 30", "session_gap_minutes: 45", `${counted}, Sad_Energetic Neutral 1`],
    [
      "min_ms_played: 30000",
      "min_ms_played: 5000",
      "Happy_Energetic Sad_Energetic 1, Happy_Calm Sad_Energetic 1, Sad_Energetic Sad_Calm 1",
    ],
    ["feature_sources: [given, catalogue, ", "feature_sources: [", ""],
  ] as const;
  for (const [default_, other, pairs] of settings) {
    await context.test(`with ${other}`, async () => {
      const path = join(life.root, "project.yml");
      const project = await readFile(path, "utf8");
      await writeFile(path, project.replace(default_, other));
      await life.build("+tag:cognitive");
      assert.equal((await pairsOf(life)) ?? "", pairs);
      await writeFile(path, project);
    });
  }
});
