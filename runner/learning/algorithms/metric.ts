/**
 * A figure for labels and predictions that are already in it. Weights say how often each row counts, as a bootstrap
 * asks; without them each row counts once. NaN where the figure means nothing, as R² of labels that never differ.
 */
export type Metric = (weights?: Float64Array) => number;

/** The mean of one number a row. */
export function weightedMean(values: Float64Array, weights?: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < values.length; row++) {
    const weight = weights?.[row] ?? 1;
    sum += weight * (values[row] ?? 0);
    total += weight;
  }
  return total === 0 ? Number.NaN : sum / total;
}
