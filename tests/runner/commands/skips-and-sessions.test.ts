import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { cellText, type Row } from "../../../runner/warehouse/cells.ts";
import { type Life, lifeIn, newLife } from "../../support/life.ts";
import { landPlays, planPlays, skipRates } from "../../support/skipped-sessions.ts";
import { type Outcome, outcomeOf, startTonearm } from "../../support/tonearm.ts";

function run(life: Life, ...args: readonly string[]): Promise<Outcome> {
  const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC" };
  return outcomeOf(startTonearm(args, { cwd: life.root, environment }));
}

/** One of each task. */
const models = [
  "skip_classification",
  "session_valence_regression",
  "next_mood_classification",
  "daily_plays_forecast",
  "mood_clustering",
];
const select = models.flatMap((model) => ["--select", model]);

const plays = planPlays();
/** The newest fifth, less than 90 days. */
const [known, heldOut] = [plays.slice(0, (plays.length * 4) / 5), plays.slice((plays.length * 4) / 5)];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const near = (actual: unknown, expected: number, within: number): void =>
  assert.ok(Math.abs(Number(actual) - expected) <= within, `${Number(actual)} is not ${expected}`);

/** Leaves only the families that are trained for. */
async function trim(life: Life): Promise<void> {
  const path = join(life.root, "project.yml");
  for (const family of ["descriptive", "diagnostic", "prescriptive"]) {
    await rm(join(life.root, "models/gold", family), { recursive: true });
    await writeFile(path, (await readFile(path, "utf8")).replace(new RegExp(`^  gold/${family}:\n.*\n`, "m"), ""));
  }
  await rm(join(life.root, "tests/models"), { recursive: true });
  const listening = join(life.root, "models/gold/listening");
  for (const name of await readdir(listening)) if (name !== "platform_families.sql") await rm(join(listening, name));
}

async function setThreads({ root }: Life, threads: number): Promise<void> {
  const path = join(root, "project.yml");
  await writeFile(path, (await readFile(path, "utf8")).replace(/^  threads: \d+$/m, `  threads: ${threads}`));
}

test("skips and sessions are learned from how a listener listens", async (context) => {
  const life = await newLife(context);
  await trim(life);
  await setThreads(life, 1);
  const copy = lifeIn(life.root, join(life.root, "other"), "UTC");
  for (const one of [life, copy]) await landPlays(one, plays);
  const trained = await run(life, "train", ...select);

  await context.test("both models beat their baselines", () => {
    assert.equal(trained.code, 0, trained.stdout + trained.stderr);
    for (const model of ["skip_classification", "session_valence_regression"])
      assert.match(trained.stdout, new RegExp(`${model}: version 1: The first champion\\. Better than the baseline`));
  });

  await context.test("one thread or three give the same predictions of every task", async () => {
    await setThreads(life, 3);
    const again = await run(copy, "train", ...select);
    await setThreads(life, 1);
    assert.equal(again.code, 0, again.stdout + again.stderr);
    const tables = {
      skip_predictions: "play_id",
      session_mood_estimates: "play_id",
      song_clusters: "song_id",
      forecast_backtest: "model_name, model_type, date",
    };
    for (const [table, key] of Object.entries(tables)) {
      const sql = `select * from gold.${table} order by ${key}`;
      const [rows, others] = [await life.query(sql), await copy.query(sql)];
      assert.ok(rows.length > 100, `${table}: ${rows.length} rows`);
      assert.equal(rows.length, others.length);
      for (const [index, row] of rows.entries()) assertSame(row, others[index] ?? {});
    }
    const metrics = `select * exclude (trained_at) from gold.model_performance_metrics order by model_name, version`;
    const [rows, others] = [await life.query(metrics), await copy.query(metrics)];
    for (const [index, row] of rows.entries()) assertSame(row, others[index] ?? {});
  });

  await context.test("each play has the probability of a skip that it was made with", async () => {
    const rows = await life.query(`select skip_predictions.is_skipped, skip_probability, is_holdout, model_version,
      plays.reason_start, plays.ended_at::varchar as ended_at
      from gold.skip_predictions inner join silver.plays using (play_id) order by plays.ended_at`);
    assert.deepEqual(
      rows.map((row) => [cellText(row["ended_at"]).slice(0, 19), row["is_skipped"], row["is_holdout"]]),
      plays.map(({ endedAt, isSkipped }, index) => [endedAt, isSkipped, index >= known.length]),
    );
    for (const [reason, rate] of Object.entries(skipRates)) {
      const judged = rows.slice(known.length).filter((row) => row["reason_start"] === reason);
      near(mean(judged.map((row) => Number(row["skip_probability"]))), rate, 0.06);
    }
    assert.ok(rows.every((row) => row["model_version"] === 1));
  });

  await context.test("its figures are those of the predictions, and of the shares before as baseline", async () => {
    const rows = await life.query(
      "select is_skipped, skip_probability as p from gold.skip_predictions where is_holdout",
    );
    const [metrics] = await life.query(`select log_loss, baseline_accuracy, test_size::int as size
      from gold.model_performance_metrics where model_name = 'skip_classification'`);
    const losses = rows.map((row) => -Math.log(row["is_skipped"] === true ? Number(row["p"]) : 1 - Number(row["p"])));
    near(metrics?.["log_loss"], mean(losses), 1e-3);
    near(metrics?.["baseline_accuracy"], mean(heldOut.map(({ isSkipped }) => (isSkipped ? 0 : 1))), 1e-4);
    assert.equal(metrics?.["size"], heldOut.length);
    const share = mean(known.map(({ isSkipped }) => Number(isSkipped)));
    const [total] = await comparisons(life, "opponent = 'baseline' and week_start_date is null");
    near(total?.["other"], mean(heldOut.map(({ isSkipped }) => -Math.log(isSkipped ? share : 1 - share))), 1e-4);
    near(total?.["own"], mean(losses), 1e-3);
    const weeks = await comparisons(life, "opponent = 'baseline' and week_start_date is not null");
    const mondays = heldOut.map(({ endedAt }) => mondayOf(endedAt));
    assert.deepEqual(
      weeks.map((week) => [week["monday"], week["rows"]]),
      [...new Set(mondays)].map((monday) => [monday, mondays.filter((one) => one === monday).length]),
    );
    const ofAll = mean(
      weeks.flatMap((week) => Array.from({ length: Number(week["rows"]) }, () => Number(week["own"]))),
    );
    near(ofAll, Number(total?.["own"]), 1e-4);
  });

  await context.test("the valence of a session's next play is told better than by all plays before", async () => {
    const rows = await life.query(`select expected_valence, valence_lower, valence_upper, estimates.next_valence,
        moods.running_valence
      from gold.session_mood_estimates as estimates inner join gold.session_moods as moods using (play_id)
      where is_holdout and estimates.next_valence is not null and moods.song_id is distinct from moods.next_song_id`);
    const squares = (name: string): number =>
      mean(rows.map((row) => (Number(row[name]) - Number(row["next_valence"])) ** 2));
    assert.ok(rows.length > 300 && squares("expected_valence") < 0.7 * squares("running_valence"));
    const inside = rows.filter(
      (row) =>
        row["next_valence"] !== null && isBetween(row["next_valence"], row["valence_lower"], row["valence_upper"]),
    );
    near(inside.length / rows.length, 0.8, 0.1);
  });

  await context.test(
    "a second training meets the champion on the same rows, and tells how features drifted",
    async () => {
      const { code, stdout } = await run(life, "train", "--select", "skip_classification", "--force");
      assert.equal(code, 0, stdout);
      const [met] = await comparisons(life, "opponent = 'champion' and week_start_date is null");
      assert.deepEqual([met?.["version"], met?.["rows"], met?.["own"]], [1, heldOut.length, met?.["other"]]);
      const drift = await life.query(`select feature, stability_index as index, drift, champion_version::int as champion
      from gold.model_feature_drift where model_name = 'skip_classification' and version = 2`);
      const of = Object.fromEntries(drift.map((row) => [cellText(row["feature"]), row]));
      // Counts of plays only rise; the hour is the same every day.
      assert.deepEqual([of["artist_play_count"]?.["drift"], of["hour_of_day"]?.["index"]], ["significant", 0]);
      for (const { feature, index, drift: word, champion } of drift) {
        assert.equal(champion, 1);
        assert.equal(
          word,
          Number(index) > 0.25 ? "significant" : Number(index) >= 0.1 ? "moderate" : "none",
          cellText(feature),
        );
      }
    },
  );

  await context.test("a version is promoted and rolled back to by its number", async () => {
    const version = "select distinct model_version::int as version from gold.skip_predictions";
    assert.equal((await run(life, "registry", "promote", "skip_classification", "2")).code, 0);
    assert.deepEqual(await life.query(version), [{ version: 2 }]);
    assert.equal((await run(life, "registry", "rollback", "skip_classification", "1")).code, 0);
    assert.deepEqual(await life.query(version), [{ version: 1 }]);
    const unknown = await run(life, "registry", "rollback", "skip_classification", "9");
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /skip_classification\/9/);
    assert.deepEqual(
      await life.query(`select version::int as version from gold.model_performance_metrics
        where model_name = 'skip_classification' and is_champion`),
      [{ version: 1 }],
    );
  });
});

function comparisons(life: Life, where: string): Promise<readonly Row[]> {
  return life.query(`select week_start_date::varchar as monday, rows_judged::int as rows, challenger_loss as own,
      opponent_loss as other, opponent_version::int as version
    from gold.model_comparisons where model_name = 'skip_classification' and ${where} order by week_start_date`);
}

function mondayOf(endedAt: string): string {
  const day = new Date(`${endedAt.slice(0, 10)}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  return day.toISOString().slice(0, 10);
}

function isBetween(value: unknown, low: unknown, high: unknown): boolean {
  return Number(value) >= Number(low) && Number(value) <= Number(high);
}

/** Numbers within 1e-9, everything else the same. */
function assertSame(row: Row, other: Row): void {
  for (const [name, value] of Object.entries(row)) {
    const here = other[name];
    if (typeof value === "number" && typeof here === "number") near(here, value, 1e-9);
    else assert.deepEqual(here, value, name);
  }
}
