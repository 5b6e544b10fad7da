import assert from "node:assert/strict";
import { test } from "node:test";

import { type BronzeRow, catalogueFile, extendedFile } from "../../support/bronze.ts";
import { plan, today } from "../../support/heaps-of-songs.ts";
import { newLife } from "../../support/life.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";

/** All of the project that is looked at here. */
const models = ["optimal_listening_times", "model_performance_metrics"];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test("hours with few streams are given what valence to expect, the others what was heard", async (context) => {
  const life = await newLife(context, "UTC", models);
  const { rows: noons, songs } = plan(240);
  // Ten streams at five in the morning, too few for a mean.
  const dawns: readonly BronzeRow[] = noons.slice(0, 10).map((row, index) => {
    const day = String(row["ended_at"]).slice(0, 10);
    return { ...row, ended_at: `${day} 05:${String(10 + 4 * index)}:00` };
  });
  await life.land(extendedFile("Streaming_History_Audio_2024.json", [...noons, ...dawns]), catalogueFile(songs));
  const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC" };
  const args = ["train", "--select", "hour_valence_regression"];
  const { code, stdout, stderr } = await outcomeOf(startTonearm(args, { cwd: life.root, environment }));
  assert.equal(code, 0, stdout + stderr);

  const hours = await life.query("select * from gold.optimal_listening_times order by hour_of_day");
  const [dawn, noon] = [5, 12].map((hour) => hours.find((row) => Number(row["hour_of_day"]) === hour));
  // A play begins three minutes before its end, the first one at noon an hour earlier.
  const late = noons.filter((row) => !String(row["ended_at"]).endsWith(":00:00"));
  assert.deepEqual(
    [dawn, noon].map((row) => [row?.["basis"], Number(row?.["plays_with_features"])]),
    [
      ["predicted", 10],
      ["observed", late.length],
    ],
  );
  for (const row of hours) assert.equal(row["basis"] === "predicted", Number(row["plays_with_features"]) < 30);
  assert.deepEqual([dawn?.["mood_state"], dawn?.["avg_energy"], noon?.["predicted_at"]], [null, null, null]);
  const [version] = await life.query(`select trained_at from gold.model_performance_metrics
    where model_name = 'hour_valence_regression' and is_champion`);
  assert.deepEqual(dawn?.["predicted_at"], version?.["trained_at"]);

  const valenceOf = new Map(songs.map((song) => [song["track_id"], Number(song["valence"])]));
  const heard = late.map((row) => valenceOf.get(row["track_id"] ?? "") ?? Number.NaN);
  assert.ok(Math.abs(Number(noon?.["predicted_valence"]) - mean(heard)) < 6e-4);
  // Hour and weekday tell little, so that it lies near the mean of the last 28 days.
  const since = late.findIndex((row) => String(row["ended_at"]).slice(0, 10) >= today(-28));
  const expected = mean(heard.slice(since));
  assert.ok(Math.abs(Number(dawn?.["predicted_valence"]) - expected) < 0.15, JSON.stringify([dawn, expected]));
});
