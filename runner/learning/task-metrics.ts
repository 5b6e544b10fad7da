import { auc } from "./algorithms/auc.ts";
import { type CalibrationBin, calibrationCurve, expectedCalibrationError } from "./algorithms/calibration.ts";
import { accuracy, confusion, logLoss, logLosses, macroF1, mostProbable } from "./algorithms/classification-metrics.ts";
import { type Metric, weightedMean } from "./algorithms/metric.ts";
import { mae, r2, rmse, squaredErrors } from "./algorithms/regression-metrics.ts";
import type { Outputs } from "./fitted-model.ts";

/** Labels as numbers, a class as its index; no classes for a regression. */
export interface Labels {
  readonly labels: Float64Array;
  readonly classes: readonly string[];
}

/** A loss that is a mean over rows, and then something of that mean. */
export interface RowLosses {
  readonly values: Float64Array;
  readonly of: (mean: number) => number;
}

/** What models are compared by, row by row, lower is better: squared errors and the root of their mean, or log losses. */
export function rowLossesOf({ labels, classes }: Labels, outputs: Outputs): RowLosses {
  if (classes.length === 0) return { values: squaredErrors(labels, outputs[0] ?? new Float64Array()), of: Math.sqrt };
  return { values: logLosses(Int32Array.from(labels), outputs), of: (mean) => mean };
}

/** What models are compared by, lower is better: the root mean squared error, or the log loss. */
export function lossOf(rows: Labels, outputs: Outputs): Metric {
  const { values, of } = rowLossesOf(rows, outputs);
  return (weights) => of(weightedMean(values, weights));
}

/** The name of that loss. */
export function lossName(classes: readonly string[]): "rmse" | "log_loss" {
  return classes.length === 0 ? "rmse" : "log_loss";
}

/** Every figure of a model on rows it has not seen; null where it means nothing. */
export function measure(rows: Labels, outputs: Outputs): Readonly<Record<string, number | null>> {
  const figures = rows.classes.length === 0 ? measureNumbers(rows.labels, outputs) : measureClasses(rows, outputs);
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number.isNaN(value) ? null : value]));
}

/** Stated probability against what happened: of the second of two classes, otherwise of the predicted class. */
export function calibrate({ labels, classes }: Labels, outputs: Outputs): readonly CalibrationBin[] {
  if (classes.length === 0) return [];
  if (classes.length === 2) return calibrationCurve(outputs[1] ?? new Float64Array(), labels);
  const predicted = mostProbable(outputs);
  const stated = Float64Array.from(predicted, (one, row) => outputs[one]?.[row] ?? 0);
  const wasRight = labels.map((label, row) => (label === predicted[row] ? 1 : 0));
  return calibrationCurve(stated, wasRight);
}

/** Rows by their class (outer) and the predicted one (inner). */
export function confuse({ labels, classes }: Labels, outputs: Outputs): readonly (readonly number[])[] {
  return confusion(Int32Array.from(labels), mostProbable(outputs), { classCount: classes.length });
}

function measureNumbers(labels: Float64Array, outputs: Outputs): Readonly<Record<string, number>> {
  const predictions = outputs[0] ?? new Float64Array();
  return { rmse: rmse(labels, predictions)(), mae: mae(labels, predictions)(), r2: r2(labels, predictions)() };
}

function measureClasses(rows: Labels, outputs: Outputs): Readonly<Record<string, number>> {
  const labels = Int32Array.from(rows.labels);
  const predicted = mostProbable(outputs);
  const figures = {
    accuracy: accuracy(labels, predicted)(),
    f1: macroF1(labels, predicted, rows.classes.length)(),
    log_loss: logLoss(labels, outputs)(),
    ece: expectedCalibrationError(calibrate(rows, outputs)),
  };
  return rows.classes.length === 2 ? { ...figures, auc: auc(labels, outputs[1] ?? new Float64Array())() } : figures;
}
