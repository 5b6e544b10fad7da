import { type FittedModel, fitModel, type Outputs } from "./fitted-model.ts";
import type { JudgedRows } from "./compare-models.ts";
import { bootstrapGroups } from "./split-rows.ts";
import { takeLabelled } from "./target-encoding.ts";
import { measure } from "./task-metrics.ts";
import type { MetricName } from "./training-config.ts";
import { type Course, halfWidthOf, predictRows, refitRecipe, type Trial } from "./trial.ts";

/** A trial whose algorithm learned the whole training side and met the holdout. */
export interface Judgement {
  readonly trial: Trial;
  readonly judged: FittedModel;
  /** For the rows of the holdout. */
  readonly outputs: Outputs;
  /** Half of the 80 % interval; null for classes. */
  readonly halfWidth: number | null;
}

/** Fits the trial's algorithm to the training side and predicts the holdout. */
export function judge(course: Course, trial: Trial): Judgement {
  const { training, holdout } = course.split.holdout;
  const judged = fitModel(takeLabelled(course.rows, training), refitRecipe(trial));
  const halfWidth = course.config.task === "regression" ? halfWidthOf(course, trial) : null;
  return { trial, judged, outputs: predictRows(course, judged, holdout), halfWidth };
}

/** The rows with these indexes as a comparison takes them. */
export function judgedRows({ rows }: Course, indexes: Int32Array): JudgedRows {
  const drawn = bootstrapGroups(rows);
  const { times } = rows;
  return {
    labels: Float64Array.from(indexes, (row) => rows.labels[row] ?? Number.NaN),
    classes: rows.classes,
    drawn: Array.from(indexes, (row) => drawn[row] ?? ""),
    times: times === null ? null : Float64Array.from(indexes, (row) => times[row] ?? Number.NaN),
  };
}

type Figures = Readonly<Record<string, number | null>>;

/** The figures of a model on the holdout, on the folds, and of the baseline on the holdout. */
export function testMetrics(course: Course, judgement: Judgement, baseline: Outputs): Figures {
  const rows = judgedRows(course, course.split.holdout.holdout);
  const [test, cv, base] = [measure(rows, judgement.outputs), judgement.trial.metrics, measure(rows, baseline)];
  const figures: Figures & Partial<Record<MetricName, number | null>> =
    course.config.task === "regression"
      ? { ...regressionFigures(test, cv, base), coverage: coverageOf(rows.labels, judgement) }
      : classFigures(test, cv, base);
  return figures;
}

function regressionFigures(test: Figures, cv: Figures, base: Figures): Partial<Record<MetricName, number | null>> {
  return {
    test_rmse: test["rmse"] ?? null,
    test_mae: test["mae"] ?? null,
    test_r2: test["r2"] ?? null,
    cv_rmse: cv["rmse"] ?? null,
    baseline_rmse: base["rmse"] ?? null,
    baseline_mae: base["mae"] ?? null,
    baseline_r2: base["r2"] ?? null,
  };
}

function classFigures(test: Figures, cv: Figures, base: Figures): Partial<Record<MetricName, number | null>> {
  return {
    test_accuracy: test["accuracy"] ?? null,
    test_f1: test["f1"] ?? null,
    log_loss: test["log_loss"] ?? null,
    auc: test["auc"] ?? null,
    ece: test["ece"] ?? null,
    cv_accuracy: cv["accuracy"] ?? null,
    cv_log_loss: cv["log_loss"] ?? null,
    baseline_accuracy: base["accuracy"] ?? null,
    baseline_f1: base["f1"] ?? null,
    baseline_log_loss: base["log_loss"] ?? null,
  };
}

/** Share of the held-out labels inside the interval. */
function coverageOf(labels: Float64Array, { outputs, halfWidth }: Judgement): number | null {
  const predictions = outputs[0];
  if (predictions === undefined || halfWidth === null || labels.length === 0) return null;
  const inside = labels.reduce(
    (count, label, row) => count + (Math.abs(label - (predictions[row] ?? Number.NaN)) <= halfWidth ? 1 : 0),
    0,
  );
  return inside / labels.length;
}
