import assert from "node:assert/strict";
import { test } from "node:test";

import {
  exponentialSmoothingForecaster,
  squaredErrors,
} from "../../../runner/learning/algorithms/exponential-smoothing.ts";
import { nelderMead } from "../../../runner/learning/algorithms/nelder-mead.ts";
import {
  intervalMargin,
  rollingOrigin,
  summariseBacktest,
} from "../../../runner/learning/algorithms/rolling-origin.ts";
import { flatMeanForecaster, seasonalNaiveForecaster } from "../../../runner/learning/algorithms/simple-forecasters.ts";
import { expected, smooth, type SmoothState } from "../../../runner/learning/algorithms/smooth.ts";
import { prng } from "../../../runner/prng.ts";

const week = [0, 1, 2, 3, 2, 1, -2];
const days = Array.from({ length: 70 }, (_, index) => index);
const series = Float64Array.from(days, (index) => 10 + 0.1 * index + (week[index % 7] ?? 0) + ((index * 37) % 11) / 5);

function assertNear(actual: readonly number[], wanted: readonly number[], tolerance: number): void {
  assert.equal(actual.length, wanted.length);
  for (const [index, value] of wanted.entries()) {
    const got = actual[index] ?? Number.NaN;
    assert.ok(Math.abs(got - value) <= tolerance, `${index}: ${got} is not ${value}`);
  }
}

test("smoothing with given parameters forecasts what statsmodels does", () => {
  // statsmodels 0.14: ETSModel(y, error="add", trend="add", damped_trend=True, seasonal="add", seasonal_periods=7,
  // initialization_method="known", 11, 0.05, [-1, 0, 1, 2, 1, 0, -3]).smooth([0.3, 0.05, 0.1, 0.9]).forecast(9)
  const smoothing = { alpha: 0.3, beta: 0.05, gamma: 0.1, phi: 0.9 };
  let state: SmoothState = { level: 11, trend: 0.05, season: [-1, 0, 1, 2, 1, 0, -3] };
  let squares = 0;
  for (const value of series) {
    squares += (value - expected(state, 1, 0.9)) ** 2;
    state = smooth(state, value, smoothing);
  }
  assertNear([squares], [45.86544976922995], 1e-9);
  assertNear(
    Array.from({ length: 9 }, (_, index) => expected(state, index + 1, 0.9)),
    [
      17.734106569252283, 18.573794612950255, 19.686744945726577, 20.700670505824707, 19.708904383364654,
      18.742290650837273, 15.690161970873795, 17.86515421223044, 18.691737491630597,
    ],
    1e-9,
  );
});

test("a day without a value changes nothing but the weekday", () => {
  const state: SmoothState = { level: 5, trend: 1, season: [1, 2, 3, 4, 5, 6, 7] };
  assert.deepEqual(smooth(state, Number.NaN, { alpha: 0.5, beta: 0.1, gamma: 0.1, phi: 0.9 }), {
    level: 5.9,
    trend: 0.9,
    season: [2, 3, 4, 5, 6, 7, 1],
  });
});

test("a season that only repeats is forecast as it is", () => {
  const still = Float64Array.from({ length: 56 }, (_, index) => 5 + (week[index % 7] ?? 0));
  const forecast = exponentialSmoothingForecaster.load(exponentialSmoothingForecaster.fit(still, {}))(9);
  assertNear(
    forecast.map(({ value }) => value),
    [5, 6, 7, 8, 7, 6, 3, 5, 6],
    1e-9,
  );
});

test("the search finds parameters no worse than a fine grid", () => {
  const { smoothing } = exponentialSmoothingForecaster.fit(series, {});
  const found = squaredErrors(series, smoothing);
  let best = Infinity;
  for (const alpha of [0.02, 0.1, 0.2, 0.3, 0.5, 0.8]) {
    for (const beta of [0.01, 0.1, 0.3].map((share) => share * alpha)) {
      for (const gamma of [0.01, 0.1, 0.3].map((share) => share * (1 - alpha))) {
        for (const phi of [0.82, 0.9, 0.97]) best = Math.min(best, squaredErrors(series, { alpha, beta, gamma, phi }));
      }
    }
  }
  assert.ok(found <= best * 1.001, `${found} against ${best}`);
});

test("the simplex finds the bottom of Rosenbrock's valley", () => {
  const [x = 0, y = 0] = nelderMead(([a = 0, b = 0]) => (1 - a) ** 2 + 100 * (b - a * a) ** 2, [-1.2, 1]);
  assert.ok(Math.abs(x - 1) < 1e-3 && Math.abs(y - 1) < 1e-3, `${x} ${y}`);
});

test("the flat mean forecasts the mean, with the tenths of the last 90 days around it", () => {
  const rising = Float64Array.from({ length: 190 }, (_, index) => index + 1);
  // As numpy.quantile: of the 90 values 101 … 190 the one at 10 % is 101 + 0.1 × 89 = 109.9.
  const model = flatMeanForecaster.fit(rising, {});
  assert.deepEqual(model, { algorithm: "flat_mean", mean: 95.5, lower: 109.9, upper: 181.10000000000002 });
  assert.deepEqual(flatMeanForecaster.load(model)(2), [
    { value: 95.5, lower: 109.9, upper: 181.10000000000002 },
    { value: 95.5, lower: 109.9, upper: 181.10000000000002 },
  ]);
  assert.equal(flatMeanForecaster.fit(rising, { days: 28 }).mean, 176.5);
  assert.equal(flatMeanForecaster.fit(Float64Array.of(1, Number.NaN, 3), { days: 1 }).mean, 3);
});

test("the seasonal naive forecast is the last value of the weekday, over gaps too", () => {
  const gaps = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, Number.NaN, 10);
  const model = seasonalNaiveForecaster.fit(gaps);
  assert.deepEqual(model.week, [4, 5, 6, 7, 8, 2, 10]);
  // Changes over a week are 8 − 1 and 10 − 3, both 7.
  assert.deepEqual(seasonalNaiveForecaster.load(model)(8).at(-1), { value: 4, lower: 11, upper: 11 });
});

test("a backtest knows at each origin only what came before", () => {
  const rows = rollingOrigin(flatMeanForecaster, Float64Array.of(1, 3, 5, Number.NaN, 10), {
    settings: {},
    horizon: 2,
    firstTraining: 2,
    every: 2,
  });
  assert.deepEqual(rows, [
    { origin: 1, step: 1, actual: 5, value: 2, lower: 1.2, upper: 2.8 },
    { origin: 3, step: 1, actual: 10, value: 3, lower: 1.4, upper: 4.6 },
  ]);
  // Errors 3 and 7; the training days changed by 2.
  assert.deepEqual(summariseBacktest(rows, Float64Array.of(1, 3, 5, Number.NaN, 10), { firstTraining: 2 }), {
    days: 2,
    mae: 5,
    mase: 2.5,
    coverage: 0,
  });
});

test("a margin widens intervals until four of five days lie inside", () => {
  const row = { origin: 0, step: 1, value: 0, lower: -1, upper: 1 };
  const actuals = [0, 0.5, -0.5, 1, 2, -3, 4, 5, 0, 0];
  const rows = actuals.map((actual) => ({ ...row, actual }));
  // Distances beyond the interval, sorted: −1 −1 −1 −0.5 −0.5 0 1 2 3 4; rank ⌈0.8 × 11⌉ = 9 is 3.
  const margin = intervalMargin(rows);
  assert.equal(margin, 3);
  const inside = rows.filter(({ actual }) => Math.abs(actual) <= 1 + margin).length;
  assert.ok(inside / rows.length >= 0.8);
});

test("intervals of noise without any pattern hold about four of five days", () => {
  const random = prng("days");
  const noise = Float64Array.from({ length: 700 }, () => random.normal(0.5, 0.1));
  for (const forecaster of [flatMeanForecaster, exponentialSmoothingForecaster]) {
    const options = { settings: {}, horizon: 14, firstTraining: 200, every: 28 };
    const rows = rollingOrigin(forecaster, noise, options);
    const { coverage, mase } = summariseBacktest(rows, noise, options);
    assert.ok(coverage > 0.72 && coverage < 0.88, `${coverage}`);
    assert.ok(mase < 0.8, `${mase}`);
  }
});

test("models that were written and read back forecast the same", () => {
  for (const forecaster of [flatMeanForecaster, seasonalNaiveForecaster, exponentialSmoothingForecaster]) {
    const model = forecaster.fit(series, {});
    const again: unknown = JSON.parse(JSON.stringify(model));
    assert.deepEqual(forecaster.load(again)(14), forecaster.load(model)(14));
  }
});

test("too few days and infinite ones are refused", () => {
  assert.throws(() => exponentialSmoothingForecaster.fit(series.slice(0, 20), {}), {
    message: "The series has 20 days with a value; at least 21 are needed.",
  });
  assert.throws(() => flatMeanForecaster.fit(Float64Array.of(1, Infinity), {}), {
    message: "Day 2 of the series is infinite.",
  });
  assert.throws(() => flatMeanForecaster.fit(Float64Array.of(Number.NaN), {}), {
    message: "The series has 0 days with a value; at least 1 are needed.",
  });
});
