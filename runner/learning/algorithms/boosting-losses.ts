/** First and second derivatives of the loss by one output's raw scores; hessians are null where all are 1. */
export interface Derivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array | null;
}

/** What a booster lowers; raw scores come as one array an output, labels as numbers or class indexes. */
export interface BoostingLoss {
  /** The best constant raw score of each output. */
  readonly baseline: (labels: Float64Array, classCount: number) => readonly number[];
  readonly derivatives: (scores: readonly Float64Array[], labels: Float64Array) => readonly Derivatives[];
  /** Mean loss of a row. */
  readonly value: (scores: readonly Float64Array[], labels: Float64Array) => number;
}

export type LossName = "squared" | "binary" | "multinomial";

/** The losses of a booster: half the squared error, and the negative log likelihood of two or more classes. */
export const boostingLosses = {
  squared: {
    baseline: (labels) => [mean(labels, (label) => label)],
    derivatives: ([scores = noScores], labels) => {
      const gradients = new Float64Array(scores.length);
      for (let row = 0; row < scores.length; row++) gradients[row] = (scores[row] ?? 0) - (labels[row] ?? 0);
      return [{ gradients, hessians: null }];
    },
    value: ([scores = noScores], labels) => mean(scores, (score, row) => 0.5 * (score - (labels[row] ?? 0)) ** 2),
  },
  binary: {
    baseline: (labels) => {
      const rate = clip(mean(labels, (label) => label));
      return [Math.log(rate / (1 - rate))];
    },
    derivatives: ([scores = noScores], labels) => [binaryDerivatives(scores, labels)],
    value: ([scores = noScores], labels) =>
      mean(
        scores,
        (score, row) => Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - score * (labels[row] ?? 0),
      ),
  },
  multinomial: {
    baseline: (labels, classCount) =>
      Array.from({ length: classCount }, (_, one) => Math.log(clip(mean(labels, (label) => (label === one ? 1 : 0))))),
    derivatives: (scores, labels) => multinomialDerivatives(softmax(scores), labels),
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

/** Probabilities of the classes, one array a class, from raw scores. */
export function softmax(scores: readonly Float64Array[]): readonly Float64Array[] {
  const rowCount = scores[0]?.length ?? 0;
  const highest = new Float64Array(rowCount).fill(-Infinity);
  for (const output of scores)
    for (let row = 0; row < rowCount; row++) highest[row] = Math.max(highest[row] ?? 0, output[row] ?? 0);
  const powers = scores.map((output) => output.map((score, row) => Math.exp(score - (highest[row] ?? 0))));
  const totals = new Float64Array(rowCount);
  for (const output of powers)
    for (let row = 0; row < rowCount; row++) totals[row] = (totals[row] ?? 0) + (output[row] ?? 0);
  return powers.map((output) => output.map((power, row) => power / (totals[row] ?? 1)));
}

function binaryDerivatives(scores: Float64Array, labels: Float64Array): Derivatives {
  const gradients = new Float64Array(scores.length);
  const hessians = new Float64Array(scores.length);
  for (let row = 0; row < scores.length; row++) {
    const probability = sigmoid(scores[row] ?? 0);
    gradients[row] = probability - (labels[row] ?? 0);
    hessians[row] = probability * (1 - probability);
  }
  return { gradients, hessians };
}

function multinomialDerivatives(probabilities: readonly Float64Array[], labels: Float64Array): readonly Derivatives[] {
  return probabilities.map((output, one) => ({
    gradients: output.map((probability, row) => probability - (labels[row] === one ? 1 : 0)),
    hessians: output.map((probability) => probability * (1 - probability)),
  }));
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
