import * as z from "zod";

import type { Classifier, Regressor } from "./algorithm.ts";
import { checkClassSet, checkRegressionSet } from "./training-set.ts";

const meanSchema = z.strictObject({ algorithm: z.literal("mean"), mean: z.number() });

const majoritySchema = z.strictObject({
  algorithm: z.literal("majority"),
  classes: z.array(z.string()).readonly(),
  /** Share of the training rows in each class. */
  shares: z.array(z.number()).readonly(),
});

/** Predicts the mean of the labels, whatever the features say. */
export const meanRegressor = {
  fit: (set) => {
    checkRegressionSet(set);
    const mean = set.labels.reduce((sum, label) => sum + label, 0) / set.labels.length;
    return { algorithm: "mean", mean } satisfies z.infer<typeof meanSchema>;
  },
  load: (json) => {
    const { mean } = meanSchema.parse(json);
    return (features) => new Float64Array(features.rowCount).fill(mean);
  },
} satisfies Regressor;

/** Gives each class its share in training, so that the most frequent one is always predicted. */
export const majorityClassifier = {
  fit: (set) => {
    checkClassSet(set);
    const counts = set.classes.map(() => 0);
    for (const label of set.labels) counts[label] = (counts[label] ?? 0) + 1;
    const shares = counts.map((count) => count / set.labels.length);
    return { algorithm: "majority", classes: set.classes, shares } as const satisfies z.infer<typeof majoritySchema>;
  },
  load: (json) => {
    const { shares } = majoritySchema.parse(json);
    return (features) => shares.map((share) => new Float64Array(features.rowCount).fill(share));
  },
} satisfies Classifier;
