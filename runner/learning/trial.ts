import { quantileSorted } from "simple-statistics";
import * as z from "zod";

import { takeRows } from "./algorithms/feature-table.ts";
import type { Split } from "./algorithms/folds.ts";
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

/** From so many rows on, an algorithm that is far behind on the first fold is not tried on the others. */
const leastRaceRows = 5000;

/** The share by which a loss on the first fold may lie above the best. */
const raceMargin = 0.05;

/** Tries algorithms on the folds; of many rows only those that are not far behind after the first fold. */
export function tryAlgorithms(course: Course, algorithms: readonly ModelAlgorithm[]): readonly Trial[] {
  const [first, ...others] = course.split.folds;
  if (first === undefined) return [];
  const starts = algorithms.map((algorithm) => {
    const fold = fitFold(course, recipeOf(course, algorithm), first);
    return { algorithm, fold, loss: lossOf(takeLabelled(course.rows, first.holdout), fold.outputs)() };
  });
  const isRace = course.split.holdout.training.length >= leastRaceRows;
  const limit = (1 + raceMargin) * Math.min(...starts.map(({ loss }) => loss));
  return starts
    .filter(({ loss }) => !isRace || loss <= limit)
    .map(({ algorithm, fold }) => {
      const recipe = recipeOf(course, algorithm);
      return gatherTrial(course, recipe, [fold, ...others.map((split) => fitFold(course, recipe, split))]);
    });
}

/** An algorithm on all folds. */
export function tryAlgorithm(course: Course, algorithm: ModelAlgorithm): Trial {
  const recipe = recipeOf(course, algorithm);
  const folds = course.split.folds.map((split) => fitFold(course, recipe, split));
  return gatherTrial(course, recipe, folds);
}

/** How the winner of a trial is fitted to more rows: as long as its folds were on average. */
export function refitRecipe({ recipe, folds }: Trial): Recipe {
  if (recipe.algorithm !== "boosted_trees") return recipe;
  const rounds = folds.map(({ model }) => roundsSchema.parse(model).rounds.length);
  const mean = rounds.reduce((sum, count) => sum + count, 0) / rounds.length;
  return { ...recipe, rounds: Math.max(1, Math.round(mean)) };
}

const roundsSchema = z.object({ rounds: z.array(z.unknown()) });

interface FittedFold {
  readonly fitted: FittedModel;
  readonly outputs: Outputs;
  readonly holdout: Int32Array;
}

function recipeOf({ config, seed }: Course, algorithm: ModelAlgorithm): Recipe {
  return { algorithm, baseline: config.baseline, seed: `${seed}/${algorithm}` };
}

function fitFold(course: Course, recipe: Recipe, { training, holdout }: Split): FittedFold {
  const fitted = fitModel(takeLabelled(course.rows, training), recipe);
  return { fitted, outputs: predictRows(course, fitted, holdout), holdout };
}

function gatherTrial({ rows, split }: Course, recipe: Recipe, folds: readonly FittedFold[]): Trial {
  const whole = Array.from({ length: Math.max(rows.classes.length, 1) }, () => new Float64Array(rows.labels.length));
  for (const { outputs, holdout } of folds) {
    for (const [index, output] of whole.entries()) {
      for (const [position, row] of holdout.entries()) output[row] = outputs[index]?.[position] ?? Number.NaN;
    }
  }
  const outOfFold = whole.map((output) =>
    Float64Array.from(split.holdout.training, (row) => output[row] ?? Number.NaN),
  );
  const judged = takeLabelled(rows, split.holdout.training);
  const loss = lossOf(judged, outOfFold)();
  return { recipe, folds: folds.map(({ fitted }) => fitted), outOfFold, loss, metrics: measure(judged, outOfFold) };
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
