import { takeRows } from "./algorithms/feature-table.ts";
import { TrainingDataError } from "./algorithms/training-data-error.ts";
import type { ColumnarRows } from "./columnar-rows.ts";
import { compareModels } from "./compare-models.ts";
import type { Champion } from "./decide-promotion.ts";
import type { FittedModel } from "./fitted-model.ts";
import type { ModelVersion } from "./model-version.ts";
import { featuresToScore, predict, readArtefact } from "./score-rows.ts";
import { judgedRows } from "./judge.ts";
import { lossOf } from "./task-metrics.ts";
import { type Course, predictRows } from "./trial.ts";

/** Who meets the champion: both fitted without the holdout. */
export interface Rivals {
  readonly challenger: FittedModel;
  readonly baseline: FittedModel;
}

/** Fewer common rows than this say nothing about which model is better. */
const leastRows = 30;

/** The champion and the challenger on the newest rows that neither had seen, or why there is no fair comparison. */
export function meetChampion(
  course: Course,
  rows: ColumnarRows,
  meeting: Rivals & { champion: ModelVersion },
): Champion {
  const { champion, challenger, baseline } = meeting;
  const { version, record } = champion;
  const common = { version, isBaseline: record.isBaseline };
  const contender = findContender(course, champion);
  if (typeof contender === "string") {
    return { ...common, comparison: { incomparable: contender }, baselineLoss: Number.NaN };
  }
  try {
    const { fitted, indexes } = contender;
    const judged = judgedRows(course, indexes);
    const outputs = predict(record, fitted, takeRows(featuresToScore(record, rows), indexes));
    const own = predictRows(course, challenger, indexes);
    const opponent = { against: "champion", version, outputs, seed: course.seed } as const;
    const baselineLoss = lossOf(judged, predictRows(course, baseline, indexes))();
    return { ...common, comparison: compareModels(judged, own, opponent), baselineLoss };
  } catch (error) {
    if (!(error instanceof TrainingDataError)) throw error;
    const incomparable = error.message.replace(/[.]$/, "");
    return { ...common, comparison: { incomparable }, baselineLoss: Number.NaN };
  }
}

/**
 * The champion's model that has not seen the holdout, and the rows it has not seen: where all are newer than everything
 * it learned from, the one that serves; otherwise the one that was judged.
 */
function findContender(
  { config, rows, split }: Course,
  { record, artefact }: ModelVersion,
): { readonly fitted: FittedModel; readonly indexes: Int32Array } | string {
  const { columns } = record;
  if (record.task !== config.task || columns.label !== config.label || record.classes.join() !== rows.classes.join()) {
    return "it learned another label or other classes";
  }
  const isSameSplit =
    record.split.kind === split.split.kind &&
    record.split.seed === split.split.seed &&
    (record.split.kind === "time" ? columns.time === config.time : columns.group === config.group);
  if (!isSameSplit) return "its holdout was set apart in another way, so it may have learned from these rows";
  const models = readArtefact(artefact);
  const { holdout } = split.holdout;
  if (record.split.kind === "groups") return { fitted: models.judged, indexes: holdout };
  const { cut, end } = record.split;
  const timeOf = (row: number): number => rows.times?.[row] ?? Number.NaN;
  if (holdout.every((row) => timeOf(row) > end)) return { fitted: models.serving, indexes: holdout };
  const unseen = holdout.filter((row) => timeOf(row) > cut);
  return unseen.length < leastRows
    ? `only ${unseen.length} rows are newer than those it learned from`
    : { fitted: models.judged, indexes: unseen };
}
