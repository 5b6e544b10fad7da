import type { FeatureTable } from "./feature-table.ts";
import type { ClassSet, RegressionSet } from "./training-set.ts";

/** Learns a number. A model is plain JSON; `load` checks one, however it was kept, and gives what scores rows with it. */
export interface Regressor {
  readonly fit: (set: RegressionSet, settings: unknown) => unknown;
  readonly load: (model: unknown) => RegressionScorer;
}

/** One predicted number a row. */
export type RegressionScorer = (features: FeatureTable) => Float64Array;

/** Learns probabilities of classes; otherwise as a regressor. */
export interface Classifier {
  readonly fit: (set: ClassSet, settings: unknown) => unknown;
  readonly load: (model: unknown) => ClassScorer;
}

/** Probabilities, one array a class in the model's order of classes, one number a row. */
export type ClassScorer = (features: FeatureTable) => readonly Float64Array[];
