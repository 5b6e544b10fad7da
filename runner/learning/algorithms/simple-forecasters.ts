import { mean } from "simple-statistics";
import { z } from "zod";

import type { Forecaster } from "./forecast.ts";
import { checkSeries, eightyPercent, presentOf, recentDays } from "./interval.ts";

const flatMeanSchema = z.strictObject({
  algorithm: z.literal("flat_mean"),
  mean: z.number(),
  lower: z.number(),
  upper: z.number(),
});

/** `days` limits the mean to the newest days of the series; without it all days count. */
export const flatMeanSettingsSchema = z.strictObject({ days: z.int().min(1).optional() });

/** Forecasts the mean for every day; its interval are quantiles of the last 90 days with a value. */
export const flatMeanForecaster = {
  fit: (series, settings) => {
    const { days } = flatMeanSettingsSchema.parse(settings);
    const present = checkSeries(series, 1);
    const newest = days === undefined ? present : presentOf(series.subarray(-days));
    const average = mean(Array.from(newest.length === 0 ? present : newest));
    return { algorithm: "flat_mean", mean: average, ...eightyPercent(present.subarray(-recentDays)) } as const;
  },
  load: (json) => {
    const model = flatMeanSchema.parse(json);
    const day = { value: model.mean, lower: model.lower, upper: model.upper };
    return (horizon) => Array.from({ length: horizon }, () => day);
  },
} satisfies Forecaster;

/** Days after which the week begins anew. */
const week = 7;

const seasonalNaiveSchema = z.strictObject({
  algorithm: z.literal("seasonal_naive"),
  /** The last value of each of the seven weekdays, that of the first day to forecast first. */
  week: z.array(z.number()).length(week).readonly(),
  lower: z.number(),
  upper: z.number(),
});

/** Forecasts the last value of the same weekday; its interval adds the quantiles of the last 90 days' errors. */
export const seasonalNaiveForecaster = {
  fit: (series) => {
    const present = checkSeries(series, 1);
    const average = mean(Array.from(present));
    const last = Array.from({ length: week }, (_, weekday) => {
      const own = series.filter(
        (value, index) => (index - series.length - weekday) % week === 0 && !Number.isNaN(value),
      );
      return own.at(-1) ?? average;
    });
    const errors = series.map((value, index) => value - (series[index - week] ?? Number.NaN)).subarray(-recentDays);
    const range = eightyPercent(presentOf(errors).length === 0 ? [0] : errors);
    return { algorithm: "seasonal_naive", week: last, ...range } as const;
  },
  load: (json) => {
    const model = seasonalNaiveSchema.parse(json);
    return (horizon) =>
      Array.from({ length: horizon }, (_, index) => {
        const value = model.week[index % week] ?? 0;
        return { value, lower: value + model.lower, upper: value + model.upper };
      });
  },
} satisfies Forecaster;
