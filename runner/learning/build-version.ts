import { takeRows } from "./algorithms/feature-table.ts";
import { type Importance, permutationImportance } from "./algorithms/permutation-importance.ts";
import { describeFeatures } from "./feature-drift.ts";
import { fitModel, keepInRange, loadModel } from "./fitted-model.ts";
import { type Judgement, judgedRows } from "./judge.ts";
import type { Decision } from "./decision.ts";
import type { Artefact, FeatureDrift, TrainedModel, VersionRecord } from "./model-version.ts";
import { sealVersion } from "./seal-version.ts";
import { hashGroup } from "./split-rows.ts";
import { calibrate, confuse, lossOf } from "./task-metrics.ts";
import { baselineAlgorithm, type Course, refitRecipe } from "./trial.ts";

/** What a version tells beside its model. */
export interface Occasion {
  readonly model: string;
  readonly now: string;
  readonly origin: VersionRecord["origin"];
  readonly decision: Decision;
  readonly drift: readonly FeatureDrift[];
  readonly metrics: VersionRecord["metrics"];
}

/** Importance is measured on at most so many held-out rows. */
const mostImportanceRows = 1000;

/** Refits the winner of a judgement on all rows, and tells everything about it. */
export function buildVersion(course: Course, judgement: Judgement, occasion: Occasion): TrainedModel {
  const { rows, split } = course;
  const { trial, judged } = judgement;
  const artefact = JSON.stringify({
    format: 1,
    trainedGroups: [...new Set(rows.groups.map(hashGroup))].toSorted((left, right) => left - right),
    judged,
    serving: fitModel(rows, refitRecipe(trial)),
    folds: trial.folds,
  } satisfies Artefact);
  const holdout = judgedRows(course, split.holdout.holdout);
  const { now: trainedAt, ...told } = occasion;
  const record = {
    ...describeTraining(course, judgement),
    ...told,
    trainedAt,
    confusion: rows.classes.length === 0 ? [] : confuse(holdout, judgement.outputs),
    calibration: calibrate(holdout, judgement.outputs),
    references: describeFeatures(rows.features),
    importance: isConstant(trial.recipe.algorithm) ? [] : importanceOf(course, judgement),
  };
  return sealVersion(record, artefact);
}

function describeTraining(course: Course, { trial, halfWidth }: Judgement) {
  const { config, rows, split, seed } = course;
  const { label, key, group, time = null, task } = config;
  return {
    task,
    algorithm: trial.recipe.algorithm,
    isBaseline: trial.recipe.algorithm === baselineAlgorithm(config),
    seed,
    columns: { label, key, group, time },
    features: rows.features.names,
    categories: rows.categories,
    classes: rows.classes,
    range: config.range ?? null,
    config: { ...config },
    rows: {
      total: rows.labels.length,
      training: split.holdout.training.length,
      holdout: split.holdout.holdout.length,
    },
    window: windowOf(rows.times),
    split: split.split,
    halfWidth,
    provenance: rows.provenance,
  };
}

function windowOf(times: Float64Array | null): VersionRecord["window"] {
  if (times === null) return null;
  const [from, to] = times.reduce(([low, high], time) => [Math.min(low, time), Math.max(high, time)] as const, [
    Infinity,
    -Infinity,
  ] as const);
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function isConstant(algorithm: string): boolean {
  return algorithm === "mean" || algorithm === "majority";
}

function importanceOf(course: Course, { judged }: Judgement): readonly Importance[] {
  const { holdout } = course.split.holdout;
  const step = Math.max(1, Math.ceil(holdout.length / mostImportanceRows));
  const sampled = holdout.filter((_, position) => position % step === 0);
  const rows = judgedRows(course, sampled);
  const score = loadModel(judged, { isRegression: course.config.task === "regression" });
  return permutationImportance(
    takeRows(course.rows.features, sampled),
    (features) => -lossOf(rows, keepInRange(score(features), course.config.range))(),
    { repeats: 3, seed: `${course.seed}/importance` },
  );
}
