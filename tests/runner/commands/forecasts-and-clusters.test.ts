import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";

import type { Row } from "../../../runner/warehouse/cells.ts";
import { type BronzeRow, catalogueFile, extendedFile, pollFile } from "../../support/bronze.ts";
import { heapOf, heaps, landedToday, plan, today } from "../../support/heaps-of-songs.ts";
import { countDecisions, killTraining } from "../../support/killed-training.ts";
import { type Life, newLife, trackId, trackRow } from "../../support/life.ts";
import { type Outcome, outcomeOf, startTonearm } from "../../support/tonearm.ts";

function run(life: Life, ...args: readonly string[]): Promise<Outcome> {
  const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC" };
  return outcomeOf(startTonearm(args, { cwd: life.root, environment }));
}

const models = ["daily_energy_forecast", "daily_plays_forecast", "daily_minutes_forecast", "mood_clustering"];
/** All of the project that is looked at here. */
const shown = [
  "listening_forecasts",
  "forecast_backtest",
  "days_to_forecast",
  "model_performance_metrics",
  "mood_state_clusters",
  "cluster_selection",
  "song_clusters",
];
const select = models.flatMap((model) => ["--select", model]);

const numbersOf = (rows: readonly Row[], name: string): readonly number[] => rows.map((row) => Number(row[name]));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test("days to come are forecast and songs clustered, once there are champions", async (context) => {
  const life = await newLife(context, "UTC", shown);
  const { rows, songs } = plan(240);
  const polled: BronzeRow = {
    ended_at: `${today(0)} 00:00:01.5`,
    media_type: "track",
    track_id: trackId("Ann - Polled"),
    track_name: "Polled",
    artist_name: "Ann",
  };
  await life.land(
    landedToday(extendedFile("Streaming_History_Audio_2024.json", rows)),
    catalogueFile(songs),
    landedToday(pollFile([polled, { ...polled, ended_at: `${today(-30)} 23:55:00.5` }])),
  );
  await life.build();

  await context.test("before that the tables are there, typed and empty", async () => {
    for (const table of ["listening_forecasts", "forecast_backtest", "mood_state_clusters", "cluster_selection"])
      assert.deepEqual(await life.query(`select count(*)::int as rows from gold.${table}`), [{ rows: 0 }], table);
    const types = await life.query(`select column_name, data_type from duckdb_columns()
      where table_name = 'listening_forecasts' and column_name in ('date', 'energy', 'plays_upper')
      order by column_name`);
    assert.deepEqual(types, [
      { column_name: "date", data_type: "DATE" },
      { column_name: "energy", data_type: "DOUBLE" },
      { column_name: "plays_upper", data_type: "DOUBLE" },
    ]);
    assert.match((await run(life, "status")).stdout, /forecasts {3}none yet: npm run train/);
  });

  await context.test("what only the Web API tells of is not learned from", async () => {
    // The export ends yesterday, a day that may go on; its polls add a day and a play.
    const [row] = await life.query(`select max(listening_date)::varchar as newest, sum(plays)::int as plays,
      count(*)::int as days from training.daily_plays_forecast`);
    const complete = rows.filter((one) => String(one["ended_at"]).slice(0, 10) < today(-1));
    assert.deepEqual(row, { newest: today(-2), plays: complete.length, days: 239 });
    assert.deepEqual(await life.query("select last_covered_date::varchar as day from gold.days_to_forecast limit 1"), [
      { day: today(0) },
    ]);
  });

  const { code, stdout, stderr } = await run(life, "train", ...select);
  await context.test("each is trained and told of in a line", () => {
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /daily_plays_forecast: version 1: The first champion. Better than the baseline: MAE/);
    assert.match(stdout, /mood_clustering: version 1: The first champion. \d clusters, clear: silhouette/);
  });

  await context.test("two weeks from tomorrow on are forecast, louder and fuller at weekends", async () => {
    const forecasts = await life.query(`select date::varchar as date, dayofweek(date) in (0, 6) as is_weekend,
      days_ahead::int as days_ahead, energy, energy_lower, energy_upper, plays, plays_lower, plays_upper,
      minutes, minutes_lower, minutes_upper, plays_model_version from gold.listening_forecasts order by date`);
    assert.deepEqual(
      forecasts.map(({ date, days_ahead: ahead }) => [date, ahead]),
      Array.from({ length: 14 }, (_, index) => [today(index + 1), index + 1]),
    );
    for (const row of forecasts) {
      const plays = row["is_weekend"] === true ? 14 : 7;
      assert.ok(Math.abs(Number(row["plays"]) - plays) < 1, JSON.stringify(row));
      // Each play takes three minutes.
      assert.ok(Math.abs(Number(row["minutes"]) - 3 * plays) < 3, JSON.stringify(row));
      assert.equal(Number(row["energy"]) > 0.6, row["is_weekend"], JSON.stringify(row));
      for (const measure of ["energy", "plays", "minutes"])
        assert.ok(Number(row[`${measure}_lower`]) <= Number(row[`${measure}_upper`]), JSON.stringify(row));
    }
    assert.match((await run(life, "status")).stdout, new RegExp(`forecasts {3}of the 14 days after ${today(0)}`));
  });

  await context.test("the backtest of the champion has its figures", async () => {
    const registry = (await run(life, "registry")).stdout;
    for (const model of models.slice(0, 3)) {
      const backtest = await life.query(`select model_type, is_champion, actual, predicted, lower, upper, is_inside,
        days_ahead, date - origin_date as distance from gold.forecast_backtest where model_name = '${model}'`);
      const [metrics] = await life.query(`select model_type, test_mae, baseline_mae, coverage, test_size::int as days
        from gold.model_performance_metrics where model_name = '${model}' and is_champion`);
      const errorOf = (rowsOf: readonly Row[]): number =>
        mean(rowsOf.map((row) => Math.abs(Number(row["actual"]) - Number(row["predicted"]))));
      const own = backtest.filter((row) => row["is_champion"] === true);
      assert.ok(own.every((row) => row["model_type"] === metrics?.["model_type"]));
      assert.equal(own.length, metrics?.["days"]);
      assert.ok(Math.abs(errorOf(own) - Number(metrics?.["test_mae"])) < 1e-3, model);
      const baseline = backtest.filter((row) => row["model_type"] === "flat_mean");
      assert.ok(Math.abs(errorOf(baseline) - Number(metrics?.["baseline_mae"])) < 1e-3, model);
      const [, loss, ofBaseline] = new RegExp(`^${model} .*champion +\\S+ +(\\S+) +(\\S+)`, "m").exec(registry) ?? [];
      assert.ok(Math.abs(errorOf(own) - Number(loss)) < 1e-3, registry);
      assert.ok(Math.abs(errorOf(baseline) - Number(ofBaseline)) < 1e-3, registry);
      const inside = own.filter((row) => row["is_inside"] === true).length / own.length;
      assert.ok(Math.abs(inside - Number(metrics?.["coverage"])) < 1e-4, model);
      assert.ok(backtest.every((row) => Number(row["days_ahead"]) === Number(row["distance"])));
    }
  });

  await context.test("heaps of songs are found, named each by its own name, and described", async () => {
    const found = await life.query("select * from gold.mood_state_clusters order by mood_state_name");
    assert.deepEqual(
      found.map((row) => [row["mood_state_name"], Number(row["member_count"]), row["structure"]]),
      heaps
        .toSorted((left, right) => (left.name < right.name ? -1 : 1))
        .map(({ name, songs: count }) => [name, count, "clear"]),
    );
    for (const row of found) {
      const heap = heaps.find(({ name }) => name === row["mood_state_name"]);
      const members = songs.filter((song) => heapOf(String(song["track_name"])) === heap);
      for (const feature of ["valence", "energy", "danceability", "acousticness", "instrumentalness"])
        assert.ok(Math.abs(Number(row[`avg_${feature}`]) - mean(numbersOf(members, feature))) < 1e-3, feature);
      const valences = numbersOf(members, "valence");
      const deviation = Math.sqrt(
        valences.reduce((sum, value) => sum + (value - mean(valences)) ** 2, 0) / (valences.length - 1),
      );
      assert.ok(Math.abs(Number(row["valence_variability"]) - deviation) < 1e-3);
      const plays = rows.filter((play) => heapOf(String(play["track_name"])) === heap).length;
      assert.equal(Number(row["plays"]), plays);
      assert.equal(Number(row["share"]), Math.round((10_000 * members.length) / songs.length) / 100);
    }
    const largest = heaps.toSorted((left, right) => right.songs - left.songs)[0];
    assert.equal(found.find((row) => Number(row["cluster"]) === 0)?.["mood_state_name"], largest?.name);
  });

  await context.test("how k was chosen is kept, with one k chosen", async () => {
    const curve = await life.query("select * from gold.cluster_selection order by k");
    assert.deepEqual(numbersOf(curve, "k"), [3, 4, 5, 6, 7, 8]);
    const chosen = curve.filter((row) => row["is_chosen"] === true);
    assert.deepEqual(
      chosen.map((row) => [Number(row["k"]), row["structure"], row["passes"]]),
      [[heaps.length, "clear", true]],
    );
    const wcss = numbersOf(curve, "wcss");
    assert.deepEqual(
      wcss,
      wcss.toSorted((left, right) => right - left),
    );
  });

  await context.test("a further training keeps the numbers of the clusters, whoever serves", async () => {
    const names = "select cluster::int as cluster, mood_state_name from gold.mood_state_clusters order by cluster";
    const before = await life.query(names);
    const again = await run(life, "train", "--select", "mood_clustering", "--force");
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /mood_clustering: version 2: Not better than champion 1 beyond chance/);
    assert.equal((await run(life, "registry", "promote", "mood_clustering", "2")).code, 0);
    assert.deepEqual(await life.query(names), before);
    assert.deepEqual(await life.query("select distinct model_version::int as version from gold.song_clusters"), [
      { version: 2 },
    ]);
  });

  await context.test("what a decision rests on lands once, also when kill -9 comes right after it", async () => {
    const before = countDecisions(life.dataDir);
    const isDecided = (): boolean => countDecisions(life.dataDir) > before;
    assert.ok(await killTraining(life, ["--select", "mood_clustering", "--force"], isDecided), "it was still at work");
    assert.equal(countDecisions(life.dataDir), before + 1);
    const curves =
      "select training::int as training, count(*)::int as rows from bronze.cluster_curves group by all order by all";
    const perTraining = [1, 2, 3].map((training) => ({ training, rows: 6 }));
    for (const _ of ["the build that follows", "one more"]) {
      assert.equal((await run(life, "build")).code, 0);
      assert.deepEqual(await life.query(curves), perTraining);
    }
  });

  await context.test("where there are more clusters than names, the nearest to a name again is numbered", async () => {
    const path = join(life.root, "seeds/mood_states.csv");
    const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
    await writeFile(path, `${lines.filter((line) => !/^(Peaceful|Intense|Balanced)/.test(line)).join("\n")}\n`);
    await life.build();
    // Left are Energetic Joy (0.75, 0.75) and Melancholic Reflection (0.25, 0.25). The heaps lie at the names' own places:
    // the nearest to each takes it; of the others Intense Focus (0.3, 0.75) is 0.2025 from Joy and 0.2525 from Reflection,
    // Peaceful Contentment (0.65, 0.3) 0.2125 from Joy and 0.1625 from Reflection.
    assert.deepEqual(await life.query("select mood_state_name from gold.mood_state_clusters order by 1"), [
      { mood_state_name: "Energetic Joy" },
      { mood_state_name: "Energetic Joy 2" },
      { mood_state_name: "Melancholic Reflection" },
      { mood_state_name: "Melancholic Reflection 2" },
    ]);
    const [second] = await life.query(
      "select round(avg_valence, 1) as valence from gold.mood_state_clusters where mood_state_name = 'Energetic Joy 2'",
    );
    assert.ok(Number(second?.["valence"]) < 0.5);
  });

  await context.test(
    "a feature that vanished holds what it fed, the champion stays, and the rest is built",
    async () => {
      const path = join(life.root, "models/gold/cognitive/song_clusters.sql");
      const text = await readFile(path, "utf8");
      const without = text.replace("'valence' 'tempo'", "'valence'");
      await writeFile(path, without.replace("  - name: tempo\n    description: Beats a minute.\n", ""));
      const built = await run(life, "build");
      assert.equal(built.code, 1);
      assert.match(
        built.stdout,
        /song_clusters\.sql:1:1 Version 2 of mood_clustering cannot cluster these rows\. The feature 'tempo' is not among/,
      );
      assert.deepEqual(await life.query("select count(cluster)::int as songs from gold.song_clusters"), [
        { songs: songs.length },
      ]);
      await writeFile(path, text);
    },
  );
});

describe("a life that ended long ago", () => {
  test("has no days to come, and the status says why", async (context) => {
    const life = await newLife(context, "UTC", shown);
    await life.land(
      extendedFile("Streaming_History_Audio_2024.json", [
        trackRow(`${today(-16)} 12:00:00`, "Ann - One"),
        trackRow(`${today(-15)} 12:00:00`, "Ann - One"),
      ]),
    );
    await life.build();
    assert.deepEqual(await life.query("select count(*)::int as days from gold.days_to_forecast"), [{ days: 0 }]);
    assert.match(
      (await run(life, "status")).stdout,
      new RegExp(
        `forecasts {3}none: the last covered day, ${today(-15)}, lies 1[56] days back, more than 14; land a newer`,
      ),
    );
    const trained = await run(life, "train", "--select", "daily_plays_forecast");
    assert.equal(trained.code, 1);
    assert.match(
      trained.stderr,
      /daily_plays_forecast\.sql:1:1 There is 1 day with a value of 'plays' to learn from; at least 150 are needed/,
    );
  });
});
