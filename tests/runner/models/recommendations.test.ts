import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { cellText } from "../../../runner/warehouse/cells.ts";
import { accountFile, type BronzeRow, extendedFile } from "../../support/bronze.ts";
import { catalogueOf } from "../../support/catalogue-of.ts";
import { parseCsvRows } from "../../support/csv.ts";
import { accountRow, newLife, trackId, trackRow } from "../../support/life.ts";

/** All of the project that is looked at here. */
const models = ["gold/prescriptive"];

/** A stream of three minutes that ends at noon on a day of May 2024. */
function onDay(day: number, names: string, more: BronzeRow = {}): BronzeRow {
  return trackRow(`2024-05-${String(day).padStart(2, "0")} 12:00:00`, names, more);
}

/** Ten seconds, then the next button. */
const skip = { ms_played: 10_000, reason_end: "fwdbtn" };

const plays = [
  onDay(1, "Ann - Dawn"),
  onDay(2, "Ann - Dawn"),
  onDay(3, "Ann - Dawn", skip),
  // Logging out does not tell whether it was a skip.
  onDay(4, "Ann - Dawn", { ...skip, reason_end: "logout" }),
  // A skip, since it is half of 200 seconds, and a stream.
  onDay(5, "Bo - Groove", { ms_played: 100_000, reason_end: "fwdbtn" }),
  onDay(6, "Bo - Groove (Remastered 2011)"),
  onDay(7, "Bo - Groove (Remastered 2011)"),
  onDay(8, "Cy - Easy"),
  onDay(9, "Cy - Easy"),
  onDay(10, "Cy - Easy", { ...skip, incognito: true }),
  onDay(11, "Di - Once"),
  onDay(12, "Di - Once", { ms_played: 10_000 }),
  onDay(13, "Di - Once", { incognito: true }),
  onDay(14, "Ed - Dim"),
  onDay(15, "Ed - Dim"),
  // Ivy has three streams, Gus the most milliseconds of two, Flo the latest of two.
  onDay(16, "Jo - Tie"),
  onDay(17, "Jo - Tie"),
  onDay(18, "Gus - Tie"),
  onDay(19, "Gus - Tie", { ms_played: 190_000 }),
  onDay(20, "Ivy - Tie", { ms_played: 120_000 }),
  onDay(21, "Ivy - Tie", { ms_played: 120_000 }),
  onDay(22, "Ivy - Tie", { ms_played: 120_000 }),
  onDay(23, "Flo - Tie"),
  onDay(24, "Flo - Tie"),
];

const catalogue = {
  "Ann - Dawn": { valence: 0.9, energy: 0.7, danceability: 0.9 },
  "Bo - Groove": { valence: 0.95, energy: 0.699, danceability: 0.7 },
  "Cy - Easy": { valence: 0.7, energy: 0.2, danceability: 0.699 },
  "Di - Once": { valence: 0.99 },
  "Ed - Dim": { valence: 0.6999 },
  "Flo - Tie": { valence: 0.8 },
  "Gus - Tie": { valence: 0.8 },
  "Hal - Nameless": { valence: 0.75 },
  "Ivy - Tie": { valence: 0.8 },
  "Jo - Tie": { valence: 0.8 },
};

/** What is said for each reason, by reason_rank. */
async function reasons(): Promise<ReadonlyMap<number, Readonly<Record<string, string | undefined>>>> {
  const text = await readFile(join(import.meta.dirname, "../../../seeds/recommendation_reasons.csv"), "utf8");
  return new Map(
    parseCsvRows(text).map(({ reason_rank: rank, recommendation_reason, target_scenario }) => [
      Number(rank),
      { recommendation_reason, target_scenario },
    ]),
  );
}

test("mood_improvement_recommendations", async (context) => {
  const life = await newLife(context, "UTC", models);
  const nameless = ["2024-06-01 12:00", "2024-06-02 12:00"].map((end) => accountRow(end, "Hal - Nameless"));
  await life.land(
    extendedFile("Streaming_History_Audio_2024.json", plays),
    accountFile("StreamingHistory_music_0.json", nameless),
    catalogueOf(catalogue),
  );
  await life.build("+tag:prescriptive");

  await context.test(
    "ranks songs of two streams and valence 0.7 by mood; ties by streams, minutes, latest",
    async () => {
      const said = await reasons();
      const song = (names: string, last: string, [reason, skip_rate, ...figures]: readonly (number | null)[]) => {
        const [artist_name, track_name] = names.split(" - ");
        const [avg_valence, avg_energy, avg_danceability, play_count] = figures;
        const named = { track_name, artist_name, track_id: trackId(names), last, skip_rate };
        return { ...named, ...said.get(reason ?? 0), avg_valence, avg_energy, avg_danceability, play_count };
      };
      assert.deepEqual(
        await life.query(`select * exclude (position, last_played_at), strftime(last_played_at, '%m-%d %H:%M') as last
        from gold.mood_improvement_recommendations order by position`),
        [
          song("Bo - Groove (Remastered 2011)", "05-07 11:57", [2, 0.333, 0.95, 0.699, 0.7, 3]),
          song("Ann - Dawn", "05-02 11:57", [1, 0.333, 0.9, 0.7, 0.9, 2]),
          song("Ivy - Tie", "05-22 11:58", [3, 0, 0.8, 0.5, 0.5, 3]),
          song("Gus - Tie", "05-19 11:56", [3, 0, 0.8, 0.5, 0.5, 2]),
          song("Flo - Tie", "05-24 11:57", [3, 0, 0.8, 0.5, 0.5, 2]),
          song("Jo - Tie", "05-17 11:57", [3, 0, 0.8, 0.5, 0.5, 2]),
          // Account data has neither ids nor reasons.
          { ...song("Hal - Nameless", "06-02 11:57", [3, null, 0.75, 0.5, 0.5, 2]), track_id: null },
          // The private play counts for the skip rate only.
          song("Cy - Easy", "05-09 11:57", [3, 0.333, 0.7, 0.2, 0.699, 2]),
        ],
      );
    },
  );

  await context.test("counts plays of any length as streams where min_ms_played is 0", async () => {
    const path = join(life.root, "project.yml");
    const settings = await readFile(path, "utf8");
    await writeFile(path, settings.replace("min_ms_played: 30000", "min_ms_played: 0"));
    await life.build("+tag:prescriptive");
    // Dawn's two short plays count too; Once has one stream and a short play, the private one still left out.
    assert.deepEqual(
      await life.query(`select track_name, play_count from gold.mood_improvement_recommendations
        where position <= 3 order by position`),
      [
        { track_name: "Once", play_count: 2 },
        { track_name: "Groove (Remastered 2011)", play_count: 3 },
        { track_name: "Dawn", play_count: 4 },
      ],
    );
    await writeFile(path, settings);
  });

  await context.test("names 20 songs at most", async () => {
    // A 0.861, B 0.871 … N 0.991; with Groove (0.95), Dawn (0.9) and the four of 0.8 they are 20.
    const bright = Array.from({ length: 14 }, (_, index) => `Zoe - ${String.fromCodePoint(65 + index)}`);
    await life.land(
      extendedFile(
        "Streaming_History_Audio_2025.json",
        [...bright, ...bright].map((names, index) => trackRow(`2025-01-01 12:${index + 10}:00`, names)),
      ),
      catalogueOf({
        ...catalogue,
        ...Object.fromEntries(bright.map((names, index) => [names, { valence: (861 + 10 * index) / 1000 }])),
      }),
    );
    await life.build("+tag:prescriptive");
    const rows = await life.query("select track_name from gold.mood_improvement_recommendations order by position");
    const names = rows.map((row) => cellText(row["track_name"])).join(", ");
    assert.equal(names, "N, M, L, K, J, Groove (Remastered 2011), I, H, G, F, E, Dawn, D, C, B, A, Tie, Tie, Tie, Tie");
  });
});
