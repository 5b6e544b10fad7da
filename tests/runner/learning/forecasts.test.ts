import assert from "node:assert/strict";
import { test } from "node:test";

import {
  exponentialSmoothingForecaster,
  squaredErrors,
} from "../../../runner/learning/algorithms/exponential-smoothing.ts";
import { nelderMead } from "../../../runner/learning/algorithms/nelder-mead.ts";
import {
  calibrated,
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
  const season = Float64Array.of(-1, 0, 1, 2, 1, 0, -3);
  const state: SmoothState = { level: 11, trend: 0.05, today: 0, season };
  let squares = 0;
  for (const value of series) squares += smooth(state, value, smoothing) ** 2;
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
  const season = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
  const state: SmoothState = { level: 5, trend: 1, today: 6, season };
  assert.equal(smooth(state, Number.NaN, { alpha: 0.5, beta: 0.1, gamma: 0.1, phi: 0.9 }), Number.NaN);
  assert.deepEqual(state, { level: 5.9, trend: 0.9, today: 0, season: Float64Array.of(1, 2, 3, 4, 5, 6, 7) });
});

test("a season that only repeats is forecast as it is", () => {
  const still = Float64Array.from({ length: 56 }, (_, index) => 5 + (week[index % 7] ?? 0));
  const forecast = exponentialSmoothingForecaster.load(exponentialSmoothingForecaster.fit(still, {}))(still, 9);
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
  assert.deepEqual(flatMeanForecaster.load(flatMeanForecaster.fit(rising, {}))(rising, 2), [
    { value: 95.5, lower: 109.9, upper: 181.10000000000002 },
    { value: 95.5, lower: 109.9, upper: 181.10000000000002 },
  ]);
  const meanOf = (count: number, known: Float64Array) =>
    flatMeanForecaster.load(flatMeanForecaster.fit(known, { days: count }))(known, 1)[0]?.value;
  assert.equal(meanOf(28, rising), 176.5);
  assert.equal(meanOf(1, Float64Array.of(1, Number.NaN, 3)), 3);
  assert.equal(meanOf(1, Float64Array.of(1, 3, Number.NaN)), 2);
});

test("the seasonal naive forecast is the last value of the weekday, over gaps too", () => {
  const gaps = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, Number.NaN, 10);
  const forecast = seasonalNaiveForecaster.load(seasonalNaiveForecaster.fit(gaps))(gaps, 8);
  assert.deepEqual(
    forecast.map(({ value }) => value),
    [4, 5, 6, 7, 8, 2, 10, 4],
  );
  // Changes over a week are 8 − 1 and 10 − 3, both 7.
  assert.deepEqual(forecast.at(-1), { value: 4, lower: 11, upper: 11 });
});

test("a model that was fitted forecasts from whatever days are known by then", () => {
  for (const forecaster of [flatMeanForecaster, seasonalNaiveForecaster, exponentialSmoothingForecaster]) {
    const forecast = forecaster.load(forecaster.fit(series.subarray(0, 42), {}));
    const shifted = series.map((value) => value + 3);
    const [here, there] = [forecast(series, 9), forecast(shifted, 9)];
    for (const part of ["value", "lower", "upper"] as const)
      assertNear(
        there.map((day) => day[part]),
        here.map((day) => day[part] + 3),
        1e-9,
      );
  }
});

const flatMean = flatMeanForecaster.load({ algorithm: "flat_mean" });

test("a backtest knows at each origin only what came before, and ends where it is told", () => {
  const known = Float64Array.of(1, 3, 5, Number.NaN, 10, 99);
  const rows = rollingOrigin(flatMean, known, { horizon: 2, from: 2, to: 5, every: 2 });
  assert.deepEqual(rows, [
    { origin: 1, step: 1, actual: 5, value: 2, lower: 1.2, upper: 2.8 },
    { origin: 3, step: 1, actual: 10, value: 3, lower: 1.4, upper: 4.6 },
  ]);
  // Errors 3 and 7.
  assert.deepEqual(summariseBacktest(rows), { days: 2, mae: 5, rmse: Math.sqrt(29), coverage: 0 });
});

test("a margin widens intervals until four of five days lie inside", () => {
  const row = { origin: 0, step: 1, value: 0, lower: -1, upper: 1 };
  const actuals = [0, 0.5, -0.5, 1, 2, -3, 4, 5, 0, 0];
  const rows = actuals.map((actual) => ({ ...row, actual }));
  // Distances beyond the interval, sorted: −1 −1 −1 −0.5 −0.5 0 1 2 3 4; rank ⌈0.8 × 11⌉ = 9 is 3.
  const margin = intervalMargin(rows, { min: -10, max: 10 });
  assert.equal(margin, 3);
  const inside = rows.filter(({ actual }) => Math.abs(actual) <= 1 + margin).length;
  assert.ok(inside / rows.length >= 0.8);
});

test("an interval that reaches the end of what can be stays open there, and only the other end moves", () => {
  // Six of ten days are 0. Beyond the upper end, sorted: −4 (six times) −2 −1 0 1; rank ⌈0.8 × 11⌉ = 9 is 0, so 4 stays.
  const row = { origin: 0, step: 1, value: 1, lower: 0, upper: 4 };
  const rows = [0, 0, 0, 0, 0, 0, 2, 3, 4, 5].map((actual) => ({ ...row, actual }));
  assert.equal(intervalMargin(rows, { min: 0, max: 24 }), 0);
  // Of days of 0 and 1 only, the upper end comes down: ranks of −4 and −3.
  const low = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1].map((actual) => ({ ...row, actual }));
  const margin = intervalMargin(low, { min: 0, max: 24 });
  assert.equal(margin, -3);
  assert.deepEqual(calibrated(row, margin, { min: 0, max: 24 }), { ...row, lower: 0, upper: 1 });
});

test("a calibrated forecast stays in its domain", () => {
  const day = { value: 1.2, lower: 0.6, upper: 0.9 };
  assert.deepEqual(calibrated(day, 0.2, { min: 0, max: 1 }), { value: 1, lower: 0.39999999999999997, upper: 1 });
  assert.deepEqual(calibrated(day, 0.7, { min: 0, max: 1 }), { value: 1, lower: 0, upper: 1 });
});

test("intervals of noise without any pattern hold about four of five days", () => {
  const random = prng("days");
  const noise = Float64Array.from({ length: 700 }, () => random.normal(0.5, 0.1));
  for (const forecaster of [flatMeanForecaster, exponentialSmoothingForecaster]) {
    const forecast = forecaster.load(forecaster.fit(noise.subarray(0, 200), {}));
    const { coverage, mae } = summariseBacktest(
      rollingOrigin(forecast, noise, { horizon: 14, from: 200, to: 700, every: 28 }),
    );
    assert.ok(coverage > 0.72 && coverage < 0.88, `${coverage}`);
    // The mean absolute deviation of a normal is 0.8 of its standard deviation.
    assert.ok(mae < 0.09, `${mae}`);
  }
});

test("models that were written and read back forecast the same", () => {
  for (const forecaster of [flatMeanForecaster, seasonalNaiveForecaster, exponentialSmoothingForecaster]) {
    const model = forecaster.fit(series, {});
    const again: unknown = JSON.parse(JSON.stringify(model));
    assert.deepEqual(forecaster.load(again)(series, 14), forecaster.load(model)(series, 14));
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
