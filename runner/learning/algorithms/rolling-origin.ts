import type { Forecast, ForecastDay } from "./forecast.ts";

/** A forecast made at an origin, the last day that was known, for a day whose value is known by now. */
export interface BacktestRow {
  readonly origin: number;
  readonly step: number;
  readonly actual: number;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

export interface BacktestOptions {
  /** Days forecast from each origin. */
  readonly horizon: number;
  /** Days known at the first origin. */
  readonly from: number;
  /** Days at which it ends. */
  readonly to: number;
  /** Days between origins. */
  readonly every: number;
}

/** Forecasts at one origin after the other from what was known then; days without a value are left out. */
export function rollingOrigin(
  forecast: Forecast,
  series: Float64Array,
  options: BacktestOptions,
): readonly BacktestRow[] {
  const { horizon, from, to, every } = options;
  const rows: BacktestRow[] = [];
  for (let known = from; known < to; known += every) {
    const days = forecast(series.subarray(0, known), Math.min(horizon, to - known));
    for (const [index, day] of days.entries()) {
      const actual = series[known + index] ?? Number.NaN;
      if (!Number.isNaN(actual)) rows.push({ origin: known - 1, step: index + 1, actual, ...day });
    }
  }
  return rows;
}

/** Figures of a backtest; `coverage` is the share of days inside their interval. */
export interface BacktestSummary {
  readonly days: number;
  readonly mae: number;
  readonly rmse: number;
  readonly coverage: number;
}

/** Summarises a backtest; NaN where it has no rows. */
export function summariseBacktest(rows: readonly BacktestRow[]): BacktestSummary {
  const errors = rows.map((row) => row.actual - row.value);
  const meanOf = (of: (error: number) => number): number =>
    errors.reduce((sum, error) => sum + of(error), 0) / errors.length;
  const inside = rows.filter((row) => row.lower <= row.actual && row.actual <= row.upper).length;
  return {
    days: rows.length,
    mae: meanOf(Math.abs),
    rmse: Math.sqrt(meanOf((error) => error * error)),
    coverage: inside / rows.length,
  };
}

/** The least and the most that a day can have; an interval that reaches such an end is open there. */
export interface Domain {
  readonly min: number;
  readonly max: number;
}

/**
 * What to add at the ends of an interval so that `share` of the backtested days lie inside; below 0 it narrows. This is
 * conformal calibration (Romano, Patterson and Candès, 2019). An end that lies at the domain's stays there: where every
 * fourth day is 0, four of five days lie between 0 and the other end.
 */
export function intervalMargin(rows: readonly BacktestRow[], domain: Domain, share = 0.8): number {
  const outside = Float64Array.from(rows, ({ lower, upper, actual }) =>
    Math.max(lower <= domain.min ? -Infinity : lower - actual, upper >= domain.max ? -Infinity : actual - upper),
  ).toSorted();
  const margin = outside[Math.min(outside.length, Math.ceil(share * (outside.length + 1))) - 1] ?? 0;
  return Number.isFinite(margin) ? margin : 0;
}

/** A forecast with its interval widened by a margin, everything kept in the domain and in order. */
export function calibrated<Day extends ForecastDay>(day: Day, margin: number, { min, max }: Domain): Day {
  const keep = (value: number): number => Math.min(max, Math.max(min, value));
  const value = keep(day.value);
  const lower = day.lower <= min ? min : keep(day.lower - margin);
  const upper = day.upper >= max ? max : keep(day.upper + margin);
  return { ...day, value, lower: Math.min(lower, upper), upper: Math.max(lower, upper) };
}
