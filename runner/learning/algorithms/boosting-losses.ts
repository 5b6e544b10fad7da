import { softmax, softmaxInto } from "./softmax.ts";

/** First and second derivatives of the loss by one output's raw scores. */
export interface Derivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

/** What a booster lowers; raw scores come as one array an output, labels as numbers or class indexes. */
export interface BoostingLoss {
  /** The best constant raw score of each output. */
  readonly baseline: (labels: Float64Array, classCount: number) => readonly number[];
  /**
   * Writes the derivatives by each output's scores into arrays that are used again round after round, and whose hessians
   * were 1 at first.
   */
  readonly derive: (scores: readonly Float64Array[], labels: Float64Array, into: readonly Derivatives[]) => void;
  /** Mean loss of a row. */
  readonly value: (scores: readonly Float64Array[], labels: Float64Array) => number;
}

export type LossName = "squared" | "binary" | "multinomial";

/** The losses of a booster: half the squared error, and the negative log likelihood of two or more classes. */
export const boostingLosses = {
  squared: {
    baseline: (labels) => [mean(labels, (label) => label)],
    derive: ([scores = noScores], labels, [into]) => {
      const gradients = into?.gradients ?? noScores;
      for (let row = 0; row < scores.length; row++) gradients[row] = (scores[row] ?? 0) - (labels[row] ?? 0);
    },
    value: ([scores = noScores], labels) => mean(scores, (score, row) => 0.5 * (score - (labels[row] ?? 0)) ** 2),
  },
  binary: {
    baseline: (labels) => {
      const rate = clip(mean(labels, (label) => label));
      return [Math.log(rate / (1 - rate))];
    },
    derive: ([scores = noScores], labels, [into]) => {
      if (into !== undefined) deriveBinary(scores, labels, into);
    },
    value: ([scores = noScores], labels) =>
      mean(
        scores,
        (score, row) => Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - score * (labels[row] ?? 0),
      ),
  },
  multinomial: {
    baseline: (labels, classCount) =>
      Array.from({ length: classCount }, (_, one) => Math.log(clip(mean(labels, (label) => (label === one ? 1 : 0))))),
    derive: (scores, labels, into) => {
      softmaxInto(
        scores,
        into.map(({ gradients }) => gradients),
      );
      for (const [one, derivatives] of into.entries()) deriveMultinomial(derivatives, labels, one);
    },
    value: (scores, labels) => {
      const probabilities = softmax(scores);
      return mean(labels, (label, row) => -Math.log(Math.max(probabilities[label]?.[row] ?? 0, Number.MIN_VALUE)));
    },
  },
} satisfies Record<LossName, BoostingLoss>;

const noScores = new Float64Array();

/** The logistic function. */
export function sigmoid(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

function deriveBinary(scores: Float64Array, labels: Float64Array, { gradients, hessians }: Derivatives): void {
  for (let row = 0; row < scores.length; row++) {
    const probability = sigmoid(scores[row] ?? 0);
    gradients[row] = probability - (labels[row] ?? 0);
    hessians[row] = probability * (1 - probability);
  }
}

/** Turns probabilities, which stand where the gradients will, into derivatives. */
function deriveMultinomial({ gradients, hessians }: Derivatives, labels: Float64Array, one: number): void {
  for (let row = 0; row < gradients.length; row++) {
    const probability = gradients[row] ?? 0;
    hessians[row] = probability * (1 - probability);
    gradients[row] = probability - Number(labels[row] === one);
  }
}

/** A class that no row has would start at minus infinity. */
function clip(rate: number): number {
  return Math.min(Math.max(rate, 1e-7), 1 - 1e-7);
}

function mean(values: Float64Array, of: (value: number, row: number) => number): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += of(values[row] ?? 0, row);
  return values.length === 0 ? 0 : sum / values.length;
}
