import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { type Cell, cellText, type Row } from "../../../runner/warehouse/cells.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { groupBy } from "../../support/raw-export.ts";
import { projectRoot, runTonearm } from "../../support/run-tonearm.ts";

const exportPath = fileURLToPath(new URL("../shared/data/my_spotify_data.zip", projectRoot));
const cataloguePath = fileURLToPath(new URL("../shared/data/kaggle_tracks.csv.gz", projectRoot));
const missing = [exportPath, cataloguePath].find((path) => !existsSync(path));
const skip = missing === undefined ? false : `there is no real export to run: ${missing} is missing`;

const measures = {
  energy: { most: 1, digits: 3 },
  plays: { most: 2880, digits: 1 },
  minutes: { most: 1440, digits: 1 },
};
type Measure = keyof typeof measures;

/** Places of days with a value, and where the newest fifth of them and the two fifths before begin. */
function placesOf(series: readonly number[]): { days: readonly number[]; judging: number; choosing: number } {
  const days = series.flatMap((value, day) => (Number.isNaN(value) ? [] : [day]));
  const judged = Math.min(182, Math.floor(0.2 * days.length));
  const chosen = Math.min(364, Math.floor(0.4 * days.length));
  return {
    days,
    judging: days[days.length - judged] ?? 0,
    choosing: days[days.length - judged - chosen] ?? 0,
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** As numpy's: between the two nearest values, by distance. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const place = share * (sorted.length - 1);
  const [low = 0, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return low + (high - low) * (place - Math.floor(place));
}

/** Mean of all known days and the tenths of the last 90 of them, for each day of two weeks from each origin. */
function meansAhead(series: readonly number[], from: number, to: number) {
  return series.slice(from, to).flatMap((actual, index) => {
    const origin = from + 14 * Math.floor(index / 14);
    const known = series.slice(0, origin).filter((value) => !Number.isNaN(value));
    const [lower, upper] = [0.1, 0.9].map((share) => quantile(known.slice(-90), share));
    return Number.isNaN(actual)
      ? []
      : [{ day: from + index, actual, predicted: mean(known), lower: lower ?? 0, upper: upper ?? 0 }];
  });
}

/** How far an interval must be widened to hold four of five days, ends at 0 and at the most left alone. */
function marginOf(rows: ReturnType<typeof meansAhead>, most: number): number {
  const outside = rows.map(({ actual, lower, upper }) =>
    Math.max(lower > 0 ? lower - actual : -Infinity, upper < most ? actual - upper : -Infinity),
  );
  return outside.toSorted((left, right) => left - right)[Math.ceil(0.8 * (rows.length + 1)) - 1] ?? 0;
}

function assertNear(actual: Cell | undefined, expected: number, tolerance: number): void {
  assert.ok(Math.abs(Number(actual) - expected) <= tolerance, `${cellText(actual)} is not ${expected}`);
}

describe("forecasts and clusters of a real export, recomputed from its streams", { skip }, () => {
  let folder = "";
  const series: Record<Measure, readonly number[]> = { energy: [], plays: [], minutes: [] };
  let dates: readonly string[] = [];

  function query(sql: string): Promise<readonly Row[]> {
    return withDuckDB({ path: join(folder, "warehouse.duckdb"), readOnly: true }, async (database) =>
      (await database.connect()).query(sql),
    );
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tonearm-real-forecasts-"));
    // Three days after the export ends, so that there are days to come.
    const offset = String(Date.UTC(2024, 8, 29, 12) - Date.now());
    const clock = { NODE_OPTIONS: "--import ./bench/shift-clock.mjs", BENCH_CLOCK_OFFSET: offset };
    const environment = { DATA_DIR: folder, TONEARM_TIMEZONE: "Europe/Berlin", ...clock };
    const select = [...Object.keys(measures).map((measure) => `daily_${measure}_forecast`), "mood_clustering"];
    for (const args of [
      ["ingest", exportPath, cataloguePath],
      ["train", ...select.flatMap((model) => ["--select", model])],
    ]) {
      const { exitCode, stdout, stderr } = await runTonearm(args, environment);
      assert.equal(exitCode, 0, `${stdout}\n${stderr}`);
    }
    const days = await query(
      `select covered_date::varchar as day from silver.covered_days where is_complete order by 1`,
    );
    dates = days.map((row) => cellText(row["day"]));
    const streams = await query("select listening_date::varchar as day, ms_played, energy from gold.streams");
    const byDay = groupBy(streams, (stream) => cellText(stream["day"]));
    const of = (day: string): readonly Row[] => byDay.get(day) ?? [];
    series.plays = dates.map((day) => of(day).length);
    series.minutes = dates.map(
      (day) => Math.round(of(day).reduce((sum, row) => sum + Number(row["ms_played"]), 0) / 600) / 100,
    );
    series.energy = dates.map((day) => {
      const energies = of(day).flatMap((row) => (row["energy"] === null ? [] : [Number(row["energy"])]));
      return energies.length < 5 ? Number.NaN : mean(energies);
    });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  for (const measure of ["energy", "plays", "minutes"] as const) {
    const { most, digits } = measures[measure];
    test(`the mean of all days, which serves for ${measure}, and its intervals`, async () => {
      const [champion] = await query(`select model_type, reason, test_mae, coverage from gold.model_performance_metrics
        where model_name = 'daily_${measure}_forecast' and is_champion`);
      assert.equal(champion?.["model_type"], "flat_mean", cellText(champion?.["reason"]));
      const own = series[measure];
      const { judging, choosing, days } = placesOf(own);
      const judged = meansAhead(own, judging, own.length);
      const backtest = await query(`select date::varchar as day, actual, predicted, lower, upper, is_inside
        from gold.forecast_backtest where model_name = 'daily_${measure}_forecast' and is_champion order by date`);
      assert.deepEqual(
        backtest.map((row) => row["day"]),
        judged.map(({ day }) => dates[day]),
      );
      for (const [index, { actual, predicted }] of judged.entries()) {
        assertNear(backtest[index]?.["actual"], actual, 0.0006);
        assertNear(backtest[index]?.["predicted"], predicted, 0.0006);
      }
      assertNear(champion?.["test_mae"], mean(judged.map((row) => Math.abs(row.actual - row.predicted))), 1e-4);
      const inside = backtest.filter((row) => row["is_inside"] === true).length / backtest.length;
      assertNear(champion?.["coverage"], inside, 1e-4);
      assert.ok(inside >= 0.75 && inside <= 0.85, `${inside} of the days lie inside`);

      const margin = marginOf([...meansAhead(own, choosing, judging), ...judged], most);
      const values = days.map((day) => own[day] ?? 0);
      const [low = 0, high = 0] = [0.1, 0.9].map((share) => quantile(values.slice(-90), share));
      const forecasts = await query("select * from gold.listening_forecasts order by date");
      assert.equal(forecasts.length, 14);
      for (const row of forecasts) {
        const tolerance = 0.6 / 10 ** digits;
        assertNear(row[measure], mean(values), tolerance);
        assertNear(row[`${measure}_lower`], low <= 0 ? 0 : low - margin, tolerance);
        assertNear(row[`${measure}_upper`], Math.min(most, high + margin), tolerance);
      }
    });
  }

  test("each song lies nearest to the centre of its own cluster", async () => {
    const names = "danceability energy loudness speechiness acousticness instrumentalness liveness valence tempo";
    const features = names.split(" ");
    const logged = new Set(["speechiness", "acousticness", "instrumentalness", "liveness"]);
    const songs = await query("select * from gold.song_clusters order by song_id");
    const columns = features.map((name) =>
      songs.map((song) => (logged.has(name) ? Math.log(Number(song[name]) + 0.01) : Number(song[name]))),
    );
    const scaled = columns.map((column) => {
      const middle = mean(column);
      const deviation = Math.sqrt(mean(column.map((value) => (value - middle) ** 2)));
      return column.map((value) => (value - middle) / deviation);
    });
    const clusters = [...new Set(songs.map((song) => Number(song["cluster"])))];
    const centres = clusters.map((cluster) =>
      scaled.map((column) => mean(column.filter((_, row) => Number(songs[row]?.["cluster"]) === cluster))),
    );
    let squares = 0;
    for (const [row, song] of songs.entries()) {
      const distances = centres.map((centre) =>
        Math.hypot(...centre.map((value, axis) => value - (scaled[axis]?.[row] ?? 0))),
      );
      const own = distances[clusters.indexOf(Number(song["cluster"]))] ?? Number.NaN;
      assert.ok(own <= Math.min(...distances) + 1e-9);
      assertNear(song["distance"], own, 1e-9);
      squares += own ** 2;
    }
    const curve = await query("select * from gold.cluster_selection order by k");
    const chosen = curve.find((row) => row["is_chosen"] === true);
    assert.equal(Number(chosen?.["k"]), clusters.length);
    assertNear(chosen?.["wcss"], squares, 0.06);
    const sizes = clusters.map((cluster) => songs.filter((song) => Number(song["cluster"]) === cluster).length);
    assertNear(chosen?.["smallest_share"], Math.min(...sizes) / songs.length, 1e-4);

    const passing = curve.filter(
      (row) =>
        Number(row["smallest_share"]) >= 0.05 &&
        Number(row["bootstrap_ari"]) >= 0.7 &&
        Number(row["silhouette"]) > Number(row["shuffled_silhouette"]),
    );
    const above = passing.map((row) => Number(row["silhouette"]) - Number(row["shuffled_silhouette"]));
    assert.equal(passing[above.indexOf(Math.max(...above))]?.["k"], chosen?.["k"]);
    const described = await query("select * from gold.mood_state_clusters");
    assert.ok(described.every((row) => row["structure"] === "weak"));
    for (const row of described) {
      const members = songs.filter((song) => song["cluster"] === row["cluster"]);
      assert.equal(Number(row["member_count"]), members.length);
      assertNear(row["avg_energy"], mean(members.map((song) => Number(song["energy"]))), 0.0006);
      assertNear(row["avg_valence"], mean(members.map((song) => Number(song["valence"]))), 0.0006);
    }
  });
});
