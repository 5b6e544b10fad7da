import { TrainingDataError } from "./algorithms/training-data-error.ts";
import type { ColumnarRows } from "./columnar-rows.ts";
import type { ModelTask } from "./model-config.ts";
import type { ModelVersion } from "./model-version.ts";
import { scoreClusters } from "./score-clusters.ts";
import { scoreForecast } from "./score-forecast.ts";
import { type Scores, scoreRows } from "./score-rows.ts";

/** What a version says about rows, an object a row in their order; `row_place` is the row's place, from 0. */
export function scoreVersion(champion: ModelVersion, task: ModelTask, rows: ColumnarRows): readonly object[] {
  const { model, task: learned } = champion.record;
  if (learned !== task) {
    throw new TrainingDataError(
      `Version ${champion.version} of ${model} learned a ${learned}, not a ${task}: train it again.`,
    );
  }
  const scores = scorers[task](champion, rows);
  return scores.map((one, row) => ({ row_place: row, ...one, model_version: champion.version }));
}

type Scorer = (champion: ModelVersion, rows: ColumnarRows) => readonly object[];

const scorers = {
  regression: scoreSingleRows,
  binary: scoreSingleRows,
  multiclass: scoreSingleRows,
  forecast: scoreForecast,
  clustering: scoreClusters,
} as const satisfies Record<ModelTask, Scorer>;

function scoreSingleRows(champion: ModelVersion, rows: ColumnarRows): readonly object[] {
  const scores = scoreRows(champion, withKey(champion, rows));
  return scores.keys.map((_, row) => scoreOf(scores, row));
}

/** What a training set names its rows by need not be what the rows to score are named by. */
function withKey(champion: ModelVersion, rows: ColumnarRows): ColumnarRows {
  const { key } = champion.record.columns;
  const [first] = Object.values(rows);
  return key in rows || first === undefined ? rows : { ...rows, [key]: Array.from(first, (_, row) => String(row)) };
}

function scoreOf(scores: Scores, row: number): object {
  const shared = { is_holdout: scores.isHoldout[row] ?? null };
  if (scores.task === "regression") {
    const { predictions, lower, upper } = scores;
    return { prediction: predictions[row] ?? null, lower: lower[row] ?? null, upper: upper[row] ?? null, ...shared };
  }
  const probabilities = scores.classes.map((name, index) => [name, scores.probabilities[index]?.[row] ?? null]);
  return { prediction: scores.predicted[row] ?? null, probabilities: Object.fromEntries(probabilities), ...shared };
}
