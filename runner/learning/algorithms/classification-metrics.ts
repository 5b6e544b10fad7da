import { type Metric, weightedMean } from "./metric.ts";

/** The most probable class of each row, of equal ones the first; `probabilities` holds one array a class. */
export function mostProbable(probabilities: readonly Float64Array[]): Int32Array {
  const best = new Int32Array(probabilities[0]?.length ?? 0);
  for (let row = 0; row < best.length; row++) {
    for (let one = 1; one < probabilities.length; one++) {
      const highest = probabilities[best[row] ?? 0]?.[row] ?? 0;
      if ((probabilities[one]?.[row] ?? 0) > highest) best[row] = one;
    }
  }
  return best;
}

/** Share of rows whose predicted class is theirs. */
export function accuracy(labels: Int32Array, predicted: Int32Array): Metric {
  const hits = Float64Array.from(labels, (label, row) => (label === predicted[row] ? 1 : 0));
  return (weights) => weightedMean(hits, weights);
}

/** The mean F1 over the classes that occur among labels or predictions, each class counting the same. */
export function macroF1(labels: Int32Array, predicted: Int32Array, classCount: number): Metric {
  return (weights) => {
    const counts = confusion(labels, predicted, { classCount, ...(weights && { weights }) });
    const scores = counts.flatMap((row, one) => {
      const hits = row[one] ?? 0;
      const actual = sum(row);
      const claimed = sum(counts.map((other) => other[one] ?? 0));
      return actual + claimed === 0 ? [] : [(2 * hits) / (actual + claimed)];
    });
    return scores.length === 0 ? Number.NaN : sum(scores) / scores.length;
  };
}

/** Rows by their class (outer) and the predicted one (inner). */
export function confusion(
  labels: Int32Array,
  predicted: Int32Array,
  options: { readonly classCount: number; readonly weights?: Float64Array },
): readonly (readonly number[])[] {
  const { classCount, weights } = options;
  const counts = Array.from({ length: classCount }, () => Array.from({ length: classCount }, () => 0));
  for (const [row, label] of labels.entries()) {
    const line = counts[label];
    const claimed = predicted[row];
    if (line === undefined || claimed === undefined) continue;
    line[claimed] = (line[claimed] ?? 0) + (weights?.[row] ?? 1);
  }
  return counts;
}

/** Mean −ln of the probability that the row's class was given, at least 1e−15. */
export function logLoss(labels: Int32Array, probabilities: readonly Float64Array[]): Metric {
  const losses = logLosses(labels, probabilities);
  return (weights) => weightedMean(losses, weights);
}

/** −ln of the probability that each row's class was given, at least 1e−15. */
export function logLosses(labels: Int32Array, probabilities: readonly Float64Array[]): Float64Array {
  return Float64Array.from(labels, (label, row) => -Math.log(Math.max(probabilities[label]?.[row] ?? 0, 1e-15)));
}

/** Mean squared distance between the probability of the second class and what happened. */
export function brierScore(labels: Int32Array, probabilities: Float64Array): Metric {
  const squares = Float64Array.from(labels, (label, row) => ((probabilities[row] ?? Number.NaN) - label) ** 2);
  return (weights) => weightedMean(squares, weights);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
