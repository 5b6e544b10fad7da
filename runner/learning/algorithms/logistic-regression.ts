import * as z from "zod";

import type { Classifier } from "./algorithm.ts";
import { softmax } from "./softmax.ts";
import { designMatrix, fitScaling, type Scaling, scalingSchema } from "./design-matrix.ts";
import type { FeatureTable } from "./feature-table.ts";
import { type LogisticProblem, newtonStep } from "./newton-step.ts";
import { checkClassSet, type ClassSet } from "./training-set.ts";

/** `l2` weighs half the squared weights of standardised features against the summed log loss; scikit-learn's 1 / C. */
export const logisticSettingsSchema = z.strictObject({
  l2: z.number().positive().default(1),
  steps: z.int().min(1).default(50),
});

const logisticSchema = z.strictObject({
  algorithm: z.literal("logistic"),
  classes: z.array(z.string()).readonly(),
  scaling: scalingSchema,
  /** A row a class (of two classes only the second): intercept, then a weight for each column of the design matrix. */
  weights: z.array(z.array(z.number()).readonly()).readonly(),
});

/** Multinomial logistic regression by Newton's method; intercepts carry no penalty. */
export const logisticClassifier = {
  fit: (set, settings) => {
    checkClassSet(set);
    const { l2, steps } = logisticSettingsSchema.parse(settings);
    const scaling = fitScaling(set.features);
    const problem = { columns: designColumns(set.features, scaling), labels: set.labels, outputs: outputsOf(set), l2 };
    const weights = minimise(problem, steps).map((output) => Array.from(output));
    return { algorithm: "logistic", classes: set.classes, scaling, weights } as const satisfies z.infer<
      typeof logisticSchema
    >;
  },
  load: (json) => {
    const { scaling, weights } = logisticSchema.parse(json);
    return (features) => {
      return classProbabilities(
        designColumns(features, scaling),
        weights.map((output) => Float64Array.from(output)),
      );
    };
  },
} satisfies Classifier;

/** Probabilities of all classes; with one output it is the second class, and the first has the score 0. */
function classProbabilities(
  columns: readonly Float64Array[],
  weights: readonly Float64Array[],
): readonly Float64Array[] {
  const rowCount = columns[0]?.length ?? 0;
  const scores = weights.map((output) => {
    const result = new Float64Array(rowCount);
    for (const [index, column] of columns.entries()) addScaled(result, column, output[index] ?? 0);
    return result;
  });
  return softmax(scores.length === 1 ? [new Float64Array(rowCount), ...scores] : scores);
}

function addScaled(sums: Float64Array, values: Float64Array, by: number): void {
  for (let row = 0; row < sums.length; row++) sums[row] = (sums[row] ?? 0) + by * (values[row] ?? 0);
}

function designColumns(features: FeatureTable, scaling: Scaling): readonly Float64Array[] {
  const matrix = designMatrix(features, scaling);
  return Array.from({ length: matrix.columns }, (_, column) => Float64Array.from(matrix.getColumn(column)));
}

/** Newton steps, halved until the loss falls, until it falls no more. */
function minimise(problem: LogisticProblem, steps: number): readonly Float64Array[] {
  let weights: readonly Float64Array[] = problem.outputs.map(() => new Float64Array(problem.columns.length));
  let probabilities = classProbabilities(problem.columns, weights);
  let loss = penalisedLoss(problem, weights, probabilities);
  for (let step = 0; step < steps; step++) {
    const direction = newtonStep(problem, weights, probabilities);
    const before = { weights, loss };
    for (let length = 1; length > 1e-6; length /= 2) {
      weights = before.weights.map((output, index) =>
        output.map((weight, column) => weight - length * (direction[index]?.[column] ?? 0)),
      );
      probabilities = classProbabilities(problem.columns, weights);
      loss = penalisedLoss(problem, weights, probabilities);
      if (loss <= before.loss) break;
    }
    if (loss > before.loss) return before.weights;
    if (before.loss - loss <= 1e-10 * Math.abs(loss)) break;
  }
  return weights;
}

function penalisedLoss(
  { labels, l2 }: LogisticProblem,
  weights: readonly Float64Array[],
  probabilities: readonly Float64Array[],
): number {
  let loss = 0;
  for (const [row, label] of labels.entries())
    loss -= Math.log(Math.max(probabilities[label]?.[row] ?? 0, Number.MIN_VALUE));
  for (const output of weights) for (const weight of output.subarray(1)) loss += (l2 / 2) * weight ** 2;
  return loss;
}

function outputsOf(set: ClassSet): readonly number[] {
  return set.classes.length === 2 ? [1] : Array.from(set.classes.keys());
}
