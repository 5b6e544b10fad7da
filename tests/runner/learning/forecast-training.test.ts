import assert from "node:assert/strict";
import { test } from "node:test";

import type { ColumnarRows } from "../../../runner/learning/columnar-rows.ts";
import { renderModelCard } from "../../../runner/learning/model-card.ts";
import { parseModelConfig } from "../../../runner/learning/model-config.ts";
import { LearningThread } from "../../../runner/learning/learning-thread.ts";
import { type ModelVersion, versionRecordSchema } from "../../../runner/learning/model-version.ts";
import { scoreForecast } from "../../../runner/learning/score-forecast.ts";
import type { TrainingResult } from "../../../runner/learning/training.ts";
import { dayAfter, forecastConfig, madeUpDays, trainDays, weekly } from "../../support/made-up-days.ts";

type Trained = Extract<TrainingResult, { readonly status: "trained" }>;

function trained(result: TrainingResult): Trained {
  if (result.status !== "trained") throw new Error(JSON.stringify(result));
  return result;
}

function versionOf(result: Trained, version = 1): ModelVersion {
  return { version, ...result.challenger };
}

function withPlays(rows: ColumnarRows, change: (plays: number | null, day: number) => number | null): ColumnarRows {
  const plays = Array.from(rows["plays"] ?? [], (value, day) => change(Number(value), day));
  return { ...rows, plays };
}

const week = trained(trainDays({ rows: madeUpDays(500, weekly) }));

test("a week that repeats is learned: the champion is better than the mean of all days, judged on the newest fifth", () => {
  assert.equal(week.decision.serves, "challenger");
  assert.match(week.decision.reason, /^The first champion. Better than the baseline: MAE [\d.]+ against 1\d/);
  const { record } = week.challenger;
  assert.deepEqual(record.rows, { total: 500, training: 400, holdout: 100 });
  assert.deepEqual(record.split, {
    kind: "origins",
    horizon: 14,
    cut: Date.parse(dayAfter(400)),
    end: Date.parse(dayAfter(499)),
  });
  // Chance has a standard deviation of 2, so that nothing errs by less than 2 × √(2/π) = 1.6 on average.
  const { test_mae: error, baseline_mae: baseline, coverage } = record.metrics;
  assert.ok(error !== null && error !== undefined && error > 1.2 && error < 2.6, `${error}`);
  assert.ok(baseline !== null && baseline !== undefined && baseline > 14, `${baseline}`);
  assert.ok(Math.abs((coverage ?? 0) - 0.8) < 0.13, `${coverage}`);
  assert.deepEqual(versionRecordSchema.parse(JSON.parse(JSON.stringify(record))), JSON.parse(JSON.stringify(record)));
});

test("the forecast is of the days after the newest known one, and its intervals hold what comes", () => {
  const days = madeUpDays(528, weekly, "other days");
  const known = withPlays(days, (plays, day) => (day < 514 ? plays : null));
  const scores = scoreForecast(versionOf(week), known);
  assert.ok(scores.slice(0, 514).every(({ prediction }) => prediction === null));
  const ahead = scores.slice(514);
  const inside = ahead.filter(({ prediction, lower, upper }, index) => {
    const actual = Number(days["plays"]?.[514 + index]);
    assert.ok(Math.abs((prediction ?? 0) - weekly(514 + index)) < 4, `${index}: ${prediction}`);
    return (lower ?? 0) <= actual && actual <= (upper ?? 0);
  });
  assert.ok(inside.length >= 9, `${inside.length} of 14`);
});

test("days that nobody knows of and the order of rows change nothing but what is known", () => {
  const days = madeUpDays(528, weekly);
  const known = withPlays(days, (plays, day) => (day < 514 && day % 10 !== 3 ? plays : null));
  const left = Array.from({ length: 528 }, (_, day) => day).filter((day) => day >= 514 || day % 10 !== 3);
  const turned = left.toReversed();
  const pick = (rows: ColumnarRows, places: readonly number[]): ColumnarRows =>
    Object.fromEntries(Object.entries(rows).map(([name, column]) => [name, places.map((at) => column[at] ?? null)]));
  const [whole, fewer] = [known, pick(known, turned)].map((rows) => scoreForecast(versionOf(week), rows));
  assert.deepEqual(
    fewer?.map((score, place) => [turned[place], score]).filter(([day]) => Number(day) >= 514),
    whole
      ?.map((score, day) => [day, score])
      .slice(514)
      .toReversed(),
  );
});

test("where nothing beats the mean of all days, the mean serves and the reason says so", () => {
  const { decision, baseline, challenger } = trained(trainDays({ rows: madeUpDays(500, () => 30) }));
  assert.equal(decision.serves, challenger.record.isBaseline ? "challenger" : "baseline");
  assert.match(decision.reason, /baseline \(flat_mean\).* The baseline serves\.$/);
  const serving = challenger.record.isBaseline ? challenger : baseline;
  assert.equal(serving?.record.algorithm, "flat_mean");
});

test("the backtest has each judged day once for each way of forecasting, made from what was known before", () => {
  const { evidence } = week;
  assert.equal(evidence?.table, "forecast_backtests");
  const rows = evidence?.rows ?? [];
  assert.deepEqual(
    [...new Set(rows.map((row) => row["algorithm"]))],
    ["flat_mean", "mean_28_days", "mean_90_days", "seasonal_naive", "exponential_smoothing"],
  );
  const plays = Array.from(madeUpDays(500, weekly)["plays"] ?? [], Number);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const [algorithm, newest] of [
    ["flat_mean", 500],
    ["mean_28_days", 28],
    ["mean_90_days", 90],
  ] as const) {
    const own = rows.filter((row) => row["algorithm"] === algorithm);
    assert.deepEqual(
      own.map((row) => row["listening_date"]),
      Array.from({ length: 100 }, (_, index) => dayAfter(400 + index)),
    );
    for (const [index, row] of own.entries()) {
      const known = 400 + 14 * Math.floor(index / 14);
      assert.equal(row["origin_date"], dayAfter(known - 1));
      assert.equal(row["days_ahead"], (index % 14) + 1);
      assert.equal(row["actual"], plays[400 + index]);
      assert.ok(Math.abs(Number(row["predicted"]) - mean(plays.slice(0, known).slice(-newest))) < 1e-9);
    }
  }
});

test("a champion meets its challenger on days that it has not seen", () => {
  const grown = madeUpDays(700, weekly);
  const champion = versionOf(week);
  const { decision } = trained(trainDays({ rows: grown, champion, isForced: true }));
  const met = decision.comparisons.find(({ against }) => against === "champion");
  // The newest 140 of 700 days; the champion knew the first 500.
  assert.equal(met?.rows, 140);
  assert.equal(met?.loss, "mae");
  assert.equal(decision.serves, "champion");
  const soon = trained(trainDays({ rows: madeUpDays(520, weekly), champion, isForced: true }));
  // Of the newest 104 days, 416 and later, none was known to the model that was judged from day 400 on.
  assert.equal(soon.decision.comparisons.find(({ against }) => against === "champion")?.rows, 104);
});

test("without new days nothing is trained", () => {
  const rows = madeUpDays(500, weekly);
  const { decision: lastDecision } = week;
  assert.match(JSON.stringify(trainDays({ rows, lastDecision })), /Neither rows nor settings changed/);
  const origin = { runId: "run", dataHash: "other", codeVersion: "0.1.0" };
  const few = trainDays({ rows: madeUpDays(510, weekly), lastDecision, origin });
  assert.match(JSON.stringify(few), /Only 10 rows came since the decision of 2026-11-22; a new one needs 28/);
});

const days = madeUpDays(500, weekly);
const problems: readonly (readonly [what: string, rows: ColumnarRows, problem: string])[] = [
  ["no rows", {}, "The training query returned no rows."],
  [
    "too few days",
    madeUpDays(149, weekly),
    "There are 149 days with a value of 'plays' to learn from; at least 150 are needed.",
  ],
  [
    "days without a value only",
    withPlays(days, () => null),
    "There are 0 days with a value of 'plays' to learn from; at least 150 are needed.",
  ],
  [
    "a number that is always the same",
    withPlays(days, () => 7),
    "The label 'plays' is 7 on all 500 days: nothing to learn.",
  ],
  [
    "an infinite number",
    withPlays(days, (plays, day) => (day === 4 ? Infinity : plays)),
    "The label 'plays' is infinite in row 5.",
  ],
  [
    "a number outside its range",
    withPlays(days, (plays, day) => (day === 4 ? -1 : plays)),
    `The label 'plays' of ${dayAfter(4)} is -1, not a number from 0 to 2880.`,
  ],
  [
    "a label that is gone",
    { listening_date: days["listening_date"] ?? [], minutes: days["plays"] ?? [] },
    "The label 'plays' is not among the 2 columns of the query.",
  ],
  [
    "a day that comes twice",
    { ...days, listening_date: Array.from(days["listening_date"] ?? [], (day, at) => (at === 9 ? dayAfter(8) : day)) },
    "The key 'listening_date' repeats in 1 row; a day has one.",
  ],
  [
    "a text",
    { ...days, plays: Array.from(days["plays"] ?? [], (plays) => String(plays)) },
    "The label 'plays' is text in row 1.",
  ],
];
for (const [what, rows, problem] of problems) {
  test(`${what}: refused in one sentence`, () => {
    assert.deepEqual(trainDays({ rows }), {
      status: "refused",
      problems: [problem],
      isTooEarly: problem.includes("at least 150"),
    });
  });
}

test("rows that come from the Web API are refused, synthetic ones are named in the card", () => {
  const from = (source: string): ColumnarRows => ({ ...days, source: Array.from({ length: 500 }, () => source) });
  const config = forecastConfig({ provenance: "source" });
  assert.match(JSON.stringify(trainDays({ rows: from("api"), config })), /500 rows come from Spotify's API/);
  const { challenger } = trained(trainDays({ rows: from("synthetic"), config }));
  assert.match(renderModelCard(1, challenger.record), /The features of 500 rows are synthetic/);
});

test("the card tells of days, and of no features", () => {
  const card = renderModelCard(3, week.challenger.record);
  assert.match(card, /Predicts `plays`, a number of days to come, by \w+\./);
  assert.match(card, /- Rows: 500; learned from 400 and judged on 100 \(the newest days/);
  assert.match(card, /## Calibration\n\nThe 80 % interval held \d/);
  assert.doesNotMatch(card, /Features|Folds|undefined|NaN/);
});

test("in another thread the same is learned, to the last digit", async () => {
  const input = { rows: madeUpDays(500, weekly), config: forecastConfig(), champion: null, lastDecision: null };
  await using thread = new LearningThread();
  const other = trained(
    await thread.train({
      ...input,
      model: "daily_plays_forecast",
      seed: "days",
      now: "2026-11-22T10:00:00.000Z",
      origin: { runId: "run", dataHash: "data", codeVersion: "0.1.0" },
    }),
  );
  assert.equal(other.challenger.artefact, week.challenger.artefact);
  assert.deepEqual(other.evidence, week.evidence);
});

const mistakes: readonly (readonly [what: string, more: object, problem: RegExp])[] = [
  ["a task that is none", { task: "forcast" }, /'task': Invalid option/],
  ["an algorithm of another task", { algorithms: ["ridge"] }, /'algorithms.0': Invalid option/],
  ["a range that is empty", { range: { min: 3, max: 3 } }, /'range': min must lie below max/],
  ["a group, which days have not", { group: "month" }, /Unrecognized key: "group"/],
  ["the day as its own number", { label: "listening_date" }, /'label': the day cannot be its own number/],
];
for (const [what, more, problem] of mistakes) {
  test(`${what}: a mistake in the front matter`, () => {
    const least = { task: "forecast", label: "plays", key: "listening_date", range: { min: 0, max: 1 } };
    assert.match(JSON.stringify(parseModelConfig({ ...least, ...more })).replaceAll("\\", ""), problem);
  });
}
