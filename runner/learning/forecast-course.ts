import type { Forecast } from "./algorithms/forecast.ts";
import { type ForecastAlgorithm, forecasters } from "./algorithms/forecasters.ts";
import {
  type BacktestRow,
  calibrated,
  intervalMargin,
  rollingOrigin,
  summariseBacktest,
} from "./algorithms/rolling-origin.ts";
import { TooFewRowsError } from "./algorithms/training-data-error.ts";
import { type DaySeries, presentDays } from "./day-series.ts";
import type { ForecastConfig } from "./forecast-config.ts";

/** Days that choose the algorithm and calibrate intervals, and the newest ones, that judge: at most, of those with a value. */
const shares = { choosing: { share: 0.4, most: 364 }, judging: { share: 0.2, most: 182 } };

/** Fewer judged days say nothing about which forecast is better. */
const leastJudged = 30;

/** What is forecast from where: origins lie a horizon apart, so that each day is forecast once. */
export interface ForecastCourse {
  readonly config: ForecastConfig;
  readonly series: DaySeries;
  /** Place of the first day that chooses. */
  readonly choosing: number;
  /** Place of the first day that judges. */
  readonly judging: number;
}

/** One algorithm, tried on the days that choose. */
export interface ForecastTrial {
  readonly algorithm: ForecastAlgorithm;
  readonly rows: readonly BacktestRow[];
  readonly margin: number;
  /** Mean absolute error. */
  readonly loss: number;
}

/** An algorithm that learned from all days before those that judge, and how it did on these. */
export interface JudgedForecast {
  readonly trial: ForecastTrial;
  readonly model: unknown;
  /** As the algorithm gives them. */
  readonly raw: readonly BacktestRow[];
  /** With calibrated intervals, in the range. */
  readonly rows: readonly BacktestRow[];
}

/** Splits the days with a value into the newest, those before them, and the oldest, from which all begins. */
export function forecastCourse(config: ForecastConfig, series: DaySeries): ForecastCourse {
  const days = presentDays(series);
  const [choosing, judging] = [shares.choosing, shares.judging].map(({ share, most }) =>
    Math.min(most, Math.floor(share * days.length)),
  );
  if (judging === undefined || choosing === undefined || judging < leastJudged) {
    throw new TooFewRowsError(
      `Only ${judging} of ${days.length} days with a value can be held out; at least ${leastJudged} are needed to judge a forecast.`,
    );
  }
  const placeOf = (fromEnd: number): number => days[days.length - fromEnd] ?? 0;
  return { config, series, choosing: placeOf(choosing + judging), judging: placeOf(judging) };
}

/** Learns from the oldest days and forecasts those that choose. */
export function tryForecast(course: ForecastCourse, algorithm: ForecastAlgorithm): ForecastTrial {
  const { series, choosing, judging, config } = course;
  const forecast = load(algorithm, fitForecast(algorithm, series.values.subarray(0, choosing)));
  const rows = backtest(course, forecast, { from: choosing, to: judging });
  return {
    algorithm,
    rows,
    margin: intervalMargin(rows, config.range),
    loss: summariseBacktest(inRange(course, rows, 0)).mae,
  };
}

/** Learns from all days before those that judge and forecasts these, with intervals calibrated on the days before. */
export function judgeForecast(course: ForecastCourse, trial: ForecastTrial): JudgedForecast {
  const { series, judging } = course;
  const model = fitForecast(trial.algorithm, series.values.subarray(0, judging));
  const raw = backtest(course, load(trial.algorithm, model), { from: judging, to: series.values.length });
  return { trial, model, raw, rows: inRange(course, raw, trial.margin) };
}

/** Learns from days; NaN is a day without a value. */
export function fitForecast(algorithm: ForecastAlgorithm, values: Float64Array): unknown {
  const { forecaster, settings } = forecasters[algorithm];
  return forecaster.fit(values, settings);
}

/** The forecasts of a fitted model for the days that judge, values kept in the range. */
export function forecastJudged(course: ForecastCourse, forecast: Forecast): readonly BacktestRow[] {
  const { series, judging } = course;
  return inRange(course, backtest(course, forecast, { from: judging, to: series.values.length }), 0);
}

/** What forecasts with a model, however it was kept. */
export function load(algorithm: ForecastAlgorithm, model: unknown): Forecast {
  return forecasters[algorithm].forecaster.load(model);
}

function backtest(
  { series, config: { horizon } }: ForecastCourse,
  forecast: Forecast,
  days: { readonly from: number; readonly to: number },
): readonly BacktestRow[] {
  return rollingOrigin(forecast, series.values, { ...days, horizon, every: horizon });
}

function inRange({ config }: ForecastCourse, rows: readonly BacktestRow[], margin: number): readonly BacktestRow[] {
  return rows.map((row) => calibrated(row, margin, config.range));
}
