/** One day ahead: what is expected, and the range in which four of five days lie. */
export interface ForecastDay {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** Learns a series of days, NaN where a day has no value. A model is plain JSON; `load` checks one and forecasts with it. */
export interface Forecaster {
  readonly fit: (series: Float64Array, settings: unknown) => unknown;
  /** The days after the series' last one, the first of them first. */
  readonly load: (model: unknown) => (horizon: number) => readonly ForecastDay[];
}
