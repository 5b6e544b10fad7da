import { z } from "zod";

import { sigmoid } from "./boosting-losses.ts";
import type { Forecaster } from "./forecast.ts";
import { checkSeries, eightyPercent, recentDays } from "./interval.ts";
import { nelderMead } from "./nelder-mead.ts";
import { expected, smooth, type Smoothing, type SmoothState, startState } from "./smooth.ts";

/** Intervals are made from errors up to `horizon` days ahead. */
export const smoothingSettingsSchema = z.strictObject({ horizon: z.int().min(1).default(14) });

const smoothingModelSchema = z.strictObject({
  algorithm: z.literal("exponential_smoothing"),
  smoothing: z.strictObject({ alpha: z.number(), beta: z.number(), gamma: z.number(), phi: z.number() }),
  /** After the last day; `season` begins with the day after it. */
  state: z.strictObject({ level: z.number(), trend: z.number(), season: z.array(z.number()).length(7).readonly() }),
  /** What to add to a forecast for the 10 % and the 90 % quantile. */
  lower: z.number(),
  upper: z.number(),
});

/** Exponential smoothing, additive, with a damped trend and a weekly season; parameters by least squared errors. */
export const exponentialSmoothingForecaster = {
  fit: (series, settings) => {
    const { horizon } = smoothingSettingsSchema.parse(settings);
    checkSeries(series, 21);
    const smoothing = fitSmoothing(series);
    const states = smoothAll(series, smoothing);
    const state = states.at(-1) ?? startState(series);
    const range = eightyPercent(recentErrors(series, states, { phi: smoothing.phi, horizon }));
    return { algorithm: "exponential_smoothing", smoothing, state, ...range } as const;
  },
  load: (json) => {
    const { smoothing, state, lower, upper } = smoothingModelSchema.parse(json);
    return (horizon) =>
      Array.from({ length: horizon }, (_, index) => {
        const value = expected(state, index + 1, smoothing.phi);
        return { value, lower: value + lower, upper: value + upper };
      });
  },
} satisfies Forecaster;

/** Sum of squared errors one day ahead, over days with a value. */
export function squaredErrors(series: Float64Array, smoothing: Smoothing): number {
  let state = startState(series);
  let sum = 0;
  for (const value of series) {
    if (!Number.isNaN(value)) sum += (value - expected(state, 1, smoothing.phi)) ** 2;
    state = smooth(state, value, smoothing);
  }
  return sum;
}

/** The better of two searches, one from a level that hardly moves, one from a quick one. */
function fitSmoothing(series: Float64Array): Smoothing {
  const height = (place: readonly number[]): number => squaredErrors(series, toSmoothing(place));
  const places = [
    [-3, -3, -3, 0],
    [0, -3, -3, 0],
  ].map((start) => nelderMead(height, start));
  return toSmoothing(places.toSorted((left, right) => height(left) - height(right))[0] ?? []);
}

/** Any four numbers as parameters in the usual region: 0 < β < α < 1, 0 < γ < 1 − α, 0.8 < φ < 0.98. */
function toSmoothing([first = 0, second = 0, third = 0, fourth = 0]: readonly number[]): Smoothing {
  const alpha = sigmoid(first);
  return {
    alpha,
    beta: alpha * sigmoid(second),
    gamma: (1 - alpha) * sigmoid(third),
    phi: 0.8 + 0.18 * sigmoid(fourth),
  };
}

/** The state after each day. */
function smoothAll(series: Float64Array, smoothing: Smoothing): readonly SmoothState[] {
  const states: SmoothState[] = [];
  let state = startState(series);
  for (const value of series) {
    state = smooth(state, value, smoothing);
    states.push(state);
  }
  return states;
}

/** What the last 90 days were away from the forecasts of up to `horizon` days before. */
function recentErrors(
  series: Float64Array,
  states: readonly SmoothState[],
  { phi, horizon }: { readonly phi: number; readonly horizon: number },
): readonly number[] {
  const errors: number[] = [];
  for (let day = Math.max(1, series.length - recentDays); day < series.length; day++) {
    for (let step = 1; step <= Math.min(horizon, day); step++) {
      const state = states[day - step];
      if (state !== undefined) errors.push((series[day] ?? Number.NaN) - expected(state, step, phi));
    }
  }
  return errors;
}
