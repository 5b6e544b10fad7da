import { mean } from "simple-statistics";
import * as z from "zod";

import type { Forecaster } from "./forecast.ts";
import { checkSeries, eightyPercent, presentOf, recentDays } from "./interval.ts";

/** `days` limits the mean to the newest days of the series; without it all days count. */
export const flatMeanSettingsSchema = z.strictObject({ days: z.int().min(1).optional() });

const flatMeanSchema = z.strictObject({ algorithm: z.literal("flat_mean"), ...flatMeanSettingsSchema.shape });

/** Forecasts the mean for every day; its interval are quantiles of the last 90 days with a value. */
export const flatMeanForecaster = {
  fit: (series, settings) => {
    checkSeries(series, 1);
    return { algorithm: "flat_mean", ...flatMeanSettingsSchema.parse(settings) } as const;
  },
  load: (json) => {
    const { days } = flatMeanSchema.parse(json);
    return (known, horizon) => {
      const present = checkSeries(known, 1);
      const newest = days === undefined ? present : presentOf(known.subarray(-days));
      const value = mean(Array.from(newest.length === 0 ? present : newest));
      const day = { value, ...eightyPercent(present.subarray(-recentDays)) };
      return Array.from({ length: horizon }, () => day);
    };
  },
} satisfies Forecaster;

/** Days after which the week begins anew. */
const week = 7;

const seasonalNaiveSchema = z.strictObject({ algorithm: z.literal("seasonal_naive") });

/** Forecasts the last value of the same weekday; its interval adds the quantiles of the last 90 days' errors. */
export const seasonalNaiveForecaster = {
  fit: (series) => {
    checkSeries(series, 1);
    return { algorithm: "seasonal_naive" } as const satisfies z.infer<typeof seasonalNaiveSchema>;
  },
  load: (json) => {
    seasonalNaiveSchema.parse(json);
    return (known, horizon) => {
      const last = lastWeek(known, checkSeries(known, 1));
      const errors = known.map((value, index) => value - (known[index - week] ?? Number.NaN)).subarray(-recentDays);
      const { lower, upper } = eightyPercent(presentOf(errors).length === 0 ? [0] : errors);
      return Array.from({ length: horizon }, (_, index) => {
        const value = last[index % week] ?? 0;
        return { value, lower: value + lower, upper: value + upper };
      });
    };
  },
} satisfies Forecaster;

/** The last value of each of the seven weekdays, that of the first day to forecast first; the mean where there is none. */
function lastWeek(known: Float64Array, present: Float64Array): readonly number[] {
  const average = mean(Array.from(present));
  return Array.from({ length: week }, (_, weekday) => {
    const own = known.filter((value, index) => (index - known.length - weekday) % week === 0 && !Number.isNaN(value));
    return own.at(-1) ?? average;
  });
}
