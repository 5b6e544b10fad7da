import { type Metric, weightedMean } from "./metric.ts";

/** Root mean squared error, in the unit of the labels. */
export function rmse(labels: Float64Array, predictions: Float64Array): Metric {
  const squares = squaredErrors(labels, predictions);
  return (weights) => Math.sqrt(weightedMean(squares, weights));
}

/** Mean absolute error, in the unit of the labels. */
export function mae(labels: Float64Array, predictions: Float64Array): Metric {
  const errors = labels.map((label, row) => Math.abs(label - (predictions[row] ?? Number.NaN)));
  return (weights) => weightedMean(errors, weights);
}

/** Share of the labels' variance that the predictions explain: 1 − Σ(label − prediction)² / Σ(label − mean)². */
export function r2(labels: Float64Array, predictions: Float64Array): Metric {
  const squares = squaredErrors(labels, predictions);
  return (weights) => {
    const mean = weightedMean(labels, weights);
    const variance = weightedMean(
      labels.map((label) => (label - mean) ** 2),
      weights,
    );
    return variance === 0 ? Number.NaN : 1 - weightedMean(squares, weights) / variance;
  };
}

/** (label − prediction)² of each row. */
export function squaredErrors(labels: Float64Array, predictions: Float64Array): Float64Array {
  return labels.map((label, row) => (label - (predictions[row] ?? Number.NaN)) ** 2);
}
