import type { Forecaster } from "./forecast.ts";

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
  readonly settings: unknown;
  /** Days forecast from each origin. */
  readonly horizon: number;
  /** Days known at the first origin. */
  readonly firstTraining: number;
  /** Days between origins. */
  readonly every: number;
}

/** Fits at one origin after the other on what was known then; days without a value are left out. */
export function rollingOrigin(
  forecaster: Forecaster,
  series: Float64Array,
  options: BacktestOptions,
): readonly BacktestRow[] {
  const { settings, horizon, firstTraining, every } = options;
  const rows: BacktestRow[] = [];
  for (let known = firstTraining; known < series.length; known += every) {
    const forecast = forecaster.load(forecaster.fit(series.slice(0, known), settings))(horizon);
    for (const [index, day] of forecast.entries()) {
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
  /** Mean absolute error in units of the series' own mean change over `lag` days. */
  readonly mase: number;
  readonly coverage: number;
}

/** Summarises a backtest; MASE (Hyndman and Koehler, 2006) against changes within the first training days. */
export function summariseBacktest(
  rows: readonly BacktestRow[],
  series: Float64Array,
  options: { readonly firstTraining: number; readonly lag?: number },
): BacktestSummary {
  const { firstTraining, lag = 1 } = options;
  const changes = series
    .slice(lag, firstTraining)
    .map((value, index) => Math.abs(value - (series[index] ?? Number.NaN)))
    .filter((change) => !Number.isNaN(change));
  const mae = rows.reduce((sum, row) => sum + Math.abs(row.actual - row.value), 0) / rows.length;
  const inside = rows.filter((row) => row.lower <= row.actual && row.actual <= row.upper).length;
  const scale = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  return { days: rows.length, mae, mase: mae / scale, coverage: inside / rows.length };
}

/**
 * What to add at both ends of an interval so that `share` of the backtested days lie inside; below 0 it narrows. This is
 * conformal calibration (Romano, Patterson and Candès, 2019).
 */
export function intervalMargin(rows: readonly BacktestRow[], share = 0.8): number {
  const outside = Float64Array.from(rows, (row) => Math.max(row.lower - row.actual, row.actual - row.upper)).toSorted();
  return outside[Math.min(outside.length, Math.ceil(share * (outside.length + 1))) - 1] ?? 0;
}
