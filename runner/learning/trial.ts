import { quantileSorted } from "simple-statistics";

import { takeRows } from "./algorithms/feature-table.ts";
import {
  fitModel,
  type FittedModel,
  keepInRange,
  loadModel,
  type ModelAlgorithm,
  type Outputs,
  type Recipe,
} from "./fitted-model.ts";
import type { SplitRows } from "./split-rows.ts";
import { lossOf, measure } from "./task-metrics.ts";
import { takeLabelled } from "./target-encoding.ts";
import type { TrainingConfig } from "./training-config.ts";
import type { TrainingRows } from "./training-rows.ts";

/** One algorithm tried on the folds; the holdout played no part. */
export interface Trial {
  readonly recipe: Recipe;
  readonly folds: readonly FittedModel[];
  /** Predictions for the rows of the training side, in their order, each by the fold that had not seen it. */
  readonly outOfFold: Outputs;
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** What is fitted and on what. */
export interface Course {
  readonly config: TrainingConfig;
  readonly rows: TrainingRows;
  readonly split: SplitRows;
  readonly seed: string;
}

/** The prediction that costs nothing: a known feature, the mean, or the shares of the classes. */
export function baselineAlgorithm(config: TrainingConfig): ModelAlgorithm {
  if (config.task !== "regression") return "majority";
  return config.baseline === undefined ? "mean" : "feature";
}

/** Fits an algorithm on all folds and predicts every row of the training side. */
export function tryAlgorithm(course: Course, algorithm: ModelAlgorithm): Trial {
  const { config, rows, split, seed } = course;
  const recipe = { algorithm, baseline: config.baseline, seed: `${seed}/${algorithm}` };
  const whole = Array.from({ length: Math.max(rows.classes.length, 1) }, () => new Float64Array(rows.labels.length));
  const folds = split.folds.map(({ training, holdout }) => {
    const fitted = fitModel(takeLabelled(rows, training), recipe);
    const outputs = predictRows(course, fitted, holdout);
    for (const [index, output] of whole.entries()) {
      for (const [position, row] of holdout.entries()) output[row] = outputs[index]?.[position] ?? Number.NaN;
    }
    return fitted;
  });
  const outOfFold = whole.map((output) =>
    Float64Array.from(split.holdout.training, (row) => output[row] ?? Number.NaN),
  );
  const judged = takeLabelled(rows, split.holdout.training);
  return { recipe, folds, outOfFold, loss: lossOf(judged, outOfFold)(), metrics: measure(judged, outOfFold) };
}

/** The trial with the lowest loss, of equal ones the first. */
export function bestTrial(trials: readonly [Trial, ...Trial[]]): Trial {
  const [first, ...others] = trials;
  return others.reduce((best, trial) => (trial.loss < best.loss ? trial : best), first);
}

/** Outputs of a model for these rows of the course, numbers kept in the label's range. */
export function predictRows({ config, rows }: Course, fitted: FittedModel, indexes: Int32Array): Outputs {
  const outputs = loadModel(fitted, { isRegression: config.task === "regression" })(takeRows(rows.features, indexes));
  return keepInRange(outputs, config.range);
}

/** Half of an interval that holds 80 % of the labels around out-of-fold predictions. */
export function halfWidthOf({ rows, split }: Course, { outOfFold }: Trial): number {
  const predictions = outOfFold[0] ?? new Float64Array();
  const errors = predictions.map((value, index) =>
    Math.abs(value - (rows.labels[split.holdout.training[index] ?? 0] ?? Number.NaN)),
  );
  return quantileSorted(Array.from(errors.toSorted()), 0.8);
}
