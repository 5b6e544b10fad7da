/** Shares of an error that go into level, trend and season, and the share of the trend that lasts each day. */
export interface Smoothing {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
}

/** What is known after a day; `season` holds seven additive effects, `today` the place of the next day's. */
export interface SmoothState {
  level: number;
  trend: number;
  today: number;
  readonly season: Float64Array;
}

/**
 * Takes the next day into the state and gives the error of what was expected of it. Additive smoothing with a damped
 * trend and a season of a week, in error-correction form (ETS(A,Ad,A); Hyndman and Athanasopoulos, Forecasting:
 * Principles and Practice, 8.5). A day without a value (NaN) changes nothing but the day. In place, since a search for
 * the best smoothing goes through all days hundreds of times.
 */
export function smooth(state: SmoothState, value: number, { alpha, beta, gamma, phi }: Smoothing): number {
  const effect = state.season[state.today] ?? 0;
  const damped = phi * state.trend;
  const error = value - (state.level + damped + effect);
  const share = Number.isNaN(error) ? 0 : error;
  state.level += damped + alpha * share;
  state.trend = damped + beta * share;
  state.season[state.today] = effect + gamma * share;
  state.today = (state.today + 1) % state.season.length;
  return error;
}

/** The value expected `step` days after the state's last day: level + (φ + … + φ^step) × trend + the weekday's effect. */
export function expected(state: SmoothState, step: number, phi: number): number {
  let damped = 0;
  let power = 1;
  for (let day = 0; day < step; day++) {
    power *= phi;
    damped += power;
  }
  return state.level + damped * state.trend + (state.season[(state.today + step - 1) % state.season.length] ?? 0);
}

/** The state before the first day: level and weekdays by the means of the first eight weeks, no trend. */
export function startState(series: Float64Array): SmoothState {
  const first = series.subarray(0, 56);
  const level = meanOf(first);
  const season = Float64Array.from({ length: 7 }, (_, weekday) => {
    const own = meanOf(first.filter((_value, index) => index % 7 === weekday));
    return Number.isNaN(own) ? 0 : own - level;
  });
  return { level: Number.isNaN(level) ? meanOf(series) : level, trend: 0, today: 0, season };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
