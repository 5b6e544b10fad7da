/** First and second derivatives of the loss by one output's raw scores; hessians are null where all are 1. */
export interface Derivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array | null;
}

/** What a booster lowers; raw scores come as one array an output, labels as numbers or class indexes. */
export interface BoostingLoss {
  /** The best constant raw score of each output. */
  readonly baseline: (labels: Float64Array, classCount: number) => readonly number[];
  readonly hasHessians: boolean;
  /** Writes the derivatives by each output's scores into arrays that are used again round after round. */
  readonly derive: (scores: readonly Float64Array[], labels: Float64Array, into: readonly Derivatives[]) => void;
  /** Mean loss of a row. */
  readonly value: (scores: readonly Float64Array[], labels: Float64Array) => number;
}

export type LossName = "squared" | "binary" | "multinomial";

/** The losses of a booster: half the squared error, and the negative log likelihood of two or more classes. */
export const boostingLosses = {
  squared: {
    baseline: (labels) => [mean(labels, (label) => label)],
    hasHessians: false,
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
    hasHessians: true,
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
    hasHessians: true,
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

/** Probabilities of the classes, one array a class, from raw scores. */
export function softmax(scores: readonly Float64Array[]): readonly Float64Array[] {
  const probabilities = scores.map((output) => new Float64Array(output.length));
  softmaxInto(scores, probabilities);
  return probabilities;
}

/** Class by class over whole arrays, which the engine runs several times as fast as row by row over the classes. */
function softmaxInto(scores: readonly Float64Array[], into: readonly Float64Array[]): void {
  const rowCount = scores[0]?.length ?? 0;
  const highest = new Float64Array(rowCount).fill(-Infinity);
  for (const output of scores) raise(highest, output);
  const totals = new Float64Array(rowCount);
  for (const [one, target] of into.entries()) addPowers(totals, target, { scores: scores[one] ?? noScores, highest });
  for (const target of into) divide(target, totals);
}

function raise(highest: Float64Array, scores: Float64Array): void {
  for (let row = 0; row < highest.length; row++) {
    const score = scores[row] ?? 0;
    if (score > (highest[row] ?? 0)) highest[row] = score;
  }
}

function addPowers(
  totals: Float64Array,
  target: Float64Array,
  { scores, highest }: { readonly scores: Float64Array; readonly highest: Float64Array },
): void {
  for (let row = 0; row < totals.length; row++) {
    const power = Math.exp((scores[row] ?? 0) - (highest[row] ?? 0));
    target[row] = power;
    totals[row] = (totals[row] ?? 0) + power;
  }
}

function divide(target: Float64Array, totals: Float64Array): void {
  for (let row = 0; row < target.length; row++) target[row] = (target[row] ?? 0) / (totals[row] ?? 0);
}

function deriveBinary(scores: Float64Array, labels: Float64Array, { gradients, hessians }: Derivatives): void {
  for (let row = 0; row < scores.length; row++) {
    const probability = sigmoid(scores[row] ?? 0);
    gradients[row] = probability - (labels[row] ?? 0);
    if (hessians !== null) hessians[row] = probability * (1 - probability);
  }
}

/** Turns probabilities, which stand where the gradients will, into derivatives. */
function deriveMultinomial({ gradients, hessians }: Derivatives, labels: Float64Array, one: number): void {
  for (let row = 0; row < gradients.length; row++) {
    const probability = gradients[row] ?? 0;
    if (hessians !== null) hessians[row] = probability * (1 - probability);
    gradients[row] = probability - (labels[row] === one ? 1 : 0);
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
