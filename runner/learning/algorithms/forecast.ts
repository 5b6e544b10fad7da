/** One day ahead: what is expected, and the range in which four of five days lie. */
export interface ForecastDay {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** The days after the last known one, the first of them first; NaN stands for a known day without a value. */
export type Forecast = (known: Float64Array, horizon: number) => readonly ForecastDay[];

/**
 * Learns a series of days, NaN where a day has no value. A model is plain JSON and holds only what stays as it is while
 * days come, as the shares of a smoothing; `load` checks one and forecasts from whatever days are known by then.
 */
export interface Forecaster {
  readonly fit: (series: Float64Array, settings: unknown) => unknown;
  readonly load: (model: unknown) => Forecast;
}
