import * as z from "zod";

import type { Regressor } from "./algorithms/algorithm.ts";
import { alignFeatures } from "./algorithms/feature-table.ts";
import { checkRegressionSet } from "./algorithms/training-set.ts";

const settingsSchema = z.strictObject({ feature: z.string() });

const modelSchema = z.strictObject({
  algorithm: z.literal("feature"),
  feature: z.string(),
  /** Mean of the labels, predicted where the feature is missing. */
  mean: z.number(),
});

/** Predicts the value of one feature as it is: a baseline that is known beforehand, as a listener's running mean. */
export const featureRegressor = {
  fit: (set, settings) => {
    checkRegressionSet(set);
    const { feature } = settingsSchema.parse(settings);
    const mean = set.labels.reduce((sum, label) => sum + label, 0) / set.labels.length;
    return { algorithm: "feature", feature, mean } satisfies z.infer<typeof modelSchema>;
  },
  load: (json) => {
    const { feature, mean } = modelSchema.parse(json);
    return (features) => {
      const [column = new Float64Array()] = alignFeatures(features, [feature]).columns;
      return column.map((value) => (Number.isNaN(value) ? mean : value));
    };
  },
} satisfies Regressor;
