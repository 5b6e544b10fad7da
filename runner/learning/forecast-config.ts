import * as z from "zod";

import type { ForecastAlgorithm } from "./algorithms/forecasters.ts";
import { gatesSchema } from "./training-config.ts";

const algorithm = z.enum([
  "flat_mean",
  "mean_28_days",
  "mean_90_days",
  "seasonal_naive",
  "exponential_smoothing",
] satisfies ForecastAlgorithm[]);

/** The mean of all days, which every other way of forecasting has to beat. */
export const forecastBaseline: ForecastAlgorithm = "flat_mean";

/** How a series of days is forecast, as the front matter of a training set says it. */
export const forecastConfigSchema = z
  .strictObject({
    task: z.literal("forecast"),
    /** The day's number; null where it is not known. */
    label: z.string().min(1),
    /** The day, no value twice. */
    key: z.string().min(1),
    /** Days ahead that are forecast and judged. */
    horizon: z.int().min(1).max(365).default(14),
    /** Between these a number must lie, and a forecast is kept. */
    range: z.strictObject({ min: z.number(), max: z.number() }).readonly(),
    /** Tells where the number of a day comes from; counted in the model card. */
    provenance: z.string().min(1).optional(),
    algorithms: z
      .array(algorithm)
      .min(1)
      .readonly()
      .default(["mean_28_days", "mean_90_days", "seasonal_naive", "exponential_smoothing"]),
    gates: gatesSchema({ rows: 150, newRows: 28 }).prefault({}),
  })
  .refine(({ range }) => range.min < range.max, { path: ["range"], message: "min must lie below max" })
  .refine(({ label, key }) => label !== key, { path: ["label"], message: "the day cannot be its own number" })
  .readonly();

export type ForecastConfig = z.infer<typeof forecastConfigSchema>;
