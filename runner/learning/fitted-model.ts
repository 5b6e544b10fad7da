import * as z from "zod";

import type { Classifier, Regressor } from "./algorithms/algorithm.ts";
import { majorityClassifier, meanRegressor } from "./algorithms/baselines.ts";
import { boostedTreesClassifier, boostedTreesRegressor } from "./algorithms/boosted-trees.ts";
import type { FeatureTable } from "./algorithms/feature-table.ts";
import { logisticClassifier } from "./algorithms/logistic-regression.ts";
import { ridgeRegressor } from "./algorithms/ridge.ts";
import { featureRegressor } from "./feature-regressor.ts";
import {
  encodeFeatures,
  encoderSchema,
  encodeTrainingFeatures,
  fitEncoders,
  type LabelledRows,
} from "./target-encoding.ts";
import type { Algorithm, algorithmTasks } from "./training-config.ts";

type Able<Kind> = {
  [Name in Algorithm]: Kind extends (typeof algorithmTasks)[Name][number] ? Name : never;
}[Algorithm];

const regressors = {
  mean: meanRegressor,
  feature: featureRegressor,
  ridge: ridgeRegressor,
  boosted_trees: boostedTreesRegressor,
} as const satisfies Record<Able<"regression"> | "feature", Regressor>;

const classifiers = {
  majority: majorityClassifier,
  logistic: logisticClassifier,
  boosted_trees: boostedTreesClassifier,
} as const satisfies Record<Able<"multiclass">, Classifier>;

/** What predicts: an algorithm of the configuration, or the feature that serves as baseline. */
export type ModelAlgorithm = Algorithm | "feature";

/** How to fit: `baseline` is the feature that the algorithm `feature` predicts with. */
export interface Recipe {
  readonly algorithm: ModelAlgorithm;
  readonly baseline?: string | undefined;
  readonly seed: string;
  /** Rounds of boosting that folds found best: all rows are learned from, none only says when to stop. */
  readonly rounds?: number | undefined;
}

/** A model with what turns its categories into numbers; plain JSON. */
export const fittedModelSchema = z.strictObject({
  algorithm: z.string(),
  encoders: z.array(encoderSchema).readonly(),
  /** Checked by the algorithm that loads it. */
  model: z.unknown(),
});

export type FittedModel = Readonly<z.infer<typeof fittedModelSchema>>;

/** One array of numbers for a regression, otherwise probabilities, one array a class. */
export type Outputs = readonly Float64Array[];

/** Scores rows whose features are in any order and whose categories are indexes. */
export type Scorer = (features: FeatureTable) => Outputs;

/** Learns from all of these rows. */
export function fitModel(rows: LabelledRows, recipe: Recipe): FittedModel {
  const { groups, labels, classes } = rows;
  const features = encodeTrainingFeatures(rows, recipe.seed);
  const settings = settingsOf(recipe);
  const model =
    classes.length === 0
      ? regressorOf(recipe.algorithm).fit({ features, labels, groups }, settings)
      : classifierOf(recipe.algorithm).fit({ features, labels: Int32Array.from(labels), classes, groups }, settings);
  return { algorithm: recipe.algorithm, encoders: fitEncoders(rows), model };
}

/** What scores rows with a model, however it was kept. */
export function loadModel(fitted: FittedModel, task: { readonly isRegression: boolean }): Scorer {
  const encode = (features: FeatureTable): FeatureTable => encodeFeatures(features, fitted.encoders);
  if (task.isRegression) {
    const score = regressorOf(fitted.algorithm).load(fitted.model);
    return (features) => [score(encode(features))];
  }
  const score = classifierOf(fitted.algorithm).load(fitted.model);
  return (features) => score(encode(features));
}

/** Outputs with every number moved to the nearest end of the range it leaves. */
export function keepInRange(
  outputs: Outputs,
  range: { readonly min: number; readonly max: number } | null | undefined,
): Outputs {
  if (range === null || range === undefined) return outputs;
  return outputs.map((output) => output.map((value) => Math.min(range.max, Math.max(range.min, value))));
}

function settingsOf({ algorithm, baseline, seed, rounds }: Recipe): unknown {
  if (algorithm === "boosted_trees") return rounds === undefined ? { seed } : { seed, rounds, validationShare: 0 };
  return algorithm === "feature" ? { feature: baseline } : {};
}

function regressorOf(name: string): Regressor {
  return find<Regressor>(regressors, name);
}

function classifierOf(name: string): Classifier {
  return find<Classifier>(classifiers, name);
}

function find<Kind>(table: Readonly<Record<string, Kind>>, name: string): Kind {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found === undefined) throw new Error(`The model was trained with '${name}', which this version does not know.`);
  return found;
}
