import * as z from "zod";

import { sigmoid } from "./boosting-losses.ts";
import type { Forecaster } from "./forecast.ts";
import { checkSeries, eightyPercent, recentDays } from "./interval.ts";
import { nelderMead } from "./nelder-mead.ts";
import { expected, smooth, type Smoothing, type SmoothState, startState } from "./smooth.ts";

/** Fewer days with a value say nothing about weekdays. */
const leastDays = 21;

/** Intervals are made from errors up to `horizon` days ahead. */
export const smoothingSettingsSchema = z.strictObject({ horizon: z.int().min(1).default(14) });

const smoothingModelSchema = z.strictObject({
  algorithm: z.literal("exponential_smoothing"),
  smoothing: z.strictObject({ alpha: z.number(), beta: z.number(), gamma: z.number(), phi: z.number() }),
  ...smoothingSettingsSchema.shape,
});

/** Exponential smoothing, additive, with a damped trend and a weekly season; parameters by least squared errors. */
export const exponentialSmoothingForecaster = {
  fit: (series, settings) => {
    const { horizon } = smoothingSettingsSchema.parse(settings);
    checkSeries(series, leastDays);
    return { algorithm: "exponential_smoothing", smoothing: fitSmoothing(series), horizon } as const;
  },
  load: (json) => {
    const { smoothing, horizon: farthest } = smoothingModelSchema.parse(json);
    return (known, horizon) => {
      checkSeries(known, leastDays);
      const { state, errors } = smoothAll(known, smoothing, farthest);
      const { lower, upper } = eightyPercent(errors);
      return Array.from({ length: horizon }, (_, index) => {
        const value = expected(state, index + 1, smoothing.phi);
        return { value, lower: value + lower, upper: value + upper };
      });
    };
  },
} satisfies Forecaster;

/** Sum of squared errors one day ahead, over days with a value. */
export function squaredErrors(series: Float64Array, smoothing: Smoothing): number {
  const state = startState(series);
  let sum = 0;
  for (const value of series) {
    const error = smooth(state, value, smoothing);
    if (!Number.isNaN(error)) sum += error * error;
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

/** The state after the last day, and what the last 90 days were away from the forecasts of up to `horizon` days before. */
function smoothAll(
  series: Float64Array,
  smoothing: Smoothing,
  horizon: number,
): { readonly state: SmoothState; readonly errors: readonly number[] } {
  const state = startState(series);
  const errors: number[] = [];
  for (const [day, value] of series.entries()) {
    smooth(state, value, smoothing);
    for (let step = 1; step <= Math.min(horizon, series.length - 1 - day); step++) {
      if (day + step < series.length - recentDays) continue;
      errors.push((series[day + step] ?? Number.NaN) - expected(state, step, smoothing.phi));
    }
  }
  return { state, errors };
}
