import { mostProbable } from "./algorithms/classification-metrics.ts";
import { type FeatureTable, featureTable, takeRows } from "./algorithms/feature-table.ts";
import { TrainingDataError } from "./algorithms/training-data-error.ts";
import { type ColumnarRows, columnOf, namesOf, numbersOf, timesOf } from "./columnar-rows.ts";
import { type FittedModel, keepInRange, loadModel, type Outputs } from "./fitted-model.ts";
import { type Artefact, artefactSchema, isRowRecord, type ModelVersion, type VersionRecord } from "./model-version.ts";
import { type Place, placeRows } from "./split-rows.ts";
import { codeCategories } from "./training-rows.ts";

interface ScoredRows {
  readonly version: number;
  readonly keys: readonly string[];
  /** Rows of the holdout on which the version was judged. */
  readonly isHoldout: readonly boolean[];
}

/** A number a row with its 80 % interval. */
export interface RegressionScores extends ScoredRows {
  readonly task: "regression";
  readonly predictions: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The most probable class of each row, and the probabilities of all: one array a class. */
export interface ClassScores extends ScoredRows {
  readonly task: "binary" | "multiclass";
  readonly classes: readonly string[];
  readonly predicted: readonly string[];
  readonly probabilities: Outputs;
}

export type Scores = RegressionScores | ClassScores;

/**
 * Predictions for rows with the version's features, key, group and time. A row of a group that was trained on is scored
 * by the model that had not seen it, others by the one that learned from everything. A column that is gone is named.
 */
export function scoreRows(version: ModelVersion, rows: ColumnarRows): Scores {
  try {
    return score(version, rows);
  } catch (error) {
    if (!(error instanceof TrainingDataError)) throw error;
    const name = `Version ${version.version} of ${version.record.model}`;
    throw new TrainingDataError(`${name} cannot score these rows. ${error.message}`, { cause: error });
  }
}

/** The features of a version as it knows them, categories as numbers. */
export function featuresToScore(record: VersionRecord, rows: ColumnarRows): FeatureTable {
  const columns = record.features.map((name) => {
    const column = columnOf(rows, name, "the feature");
    const texts = record.categories[name];
    return [name, texts === undefined ? numbersOf(column, name) : codeCategories(column, texts)] as const;
  });
  return featureTable(Object.fromEntries(columns));
}

/** The models of a version. */
export function readArtefact(text: string): Artefact {
  return artefactSchema.parse(JSON.parse(text));
}

/** What a model of this version says of rows, numbers kept in the label's range. */
export function predict(record: VersionRecord, fitted: FittedModel, features: FeatureTable): Outputs {
  const outputs = loadModel(fitted, { isRegression: record.task === "regression" })(features);
  return keepInRange(outputs, record.range);
}

function score({ version, record, artefact }: ModelVersion, rows: ColumnarRows): Scores {
  if (!isRowRecord(record)) throw new TrainingDataError(`It learned a ${record.task}, nothing about single rows.`);
  const { key, group, time } = record.columns;
  const keys = namesOf(columnOf(rows, key, "the key"), key, "the key");
  const groups = namesOf(columnOf(rows, group, "the group"), group, "the group");
  const times = time === null ? null : timesOf(columnOf(rows, time, "the time"), time);
  const features = featuresToScore(record, rows);
  const models = readArtefact(artefact);
  const trainedGroups = new Set(models.trainedGroups);
  const trained = { split: record.split, trainedGroups, foldCount: models.folds.length };
  const places = placeRows({ groups, times }, trained);
  const outputs = scorePlaces(record, models, { features, places });
  const scored = { version, keys, isHoldout: places.map((place) => place === "judged") };
  if (record.task !== "regression") {
    const { task, classes } = record;
    const predicted = Array.from(mostProbable(outputs), (one) => classes[one] ?? "");
    return { ...scored, task, classes, predicted, probabilities: outputs };
  }
  const predictions = outputs[0] ?? new Float64Array();
  const halfWidth = record.halfWidth ?? Number.NaN;
  const bounds = [-halfWidth, halfWidth].map((by) => predictions.map((value) => value + by));
  const [lower = predictions, upper = predictions] = keepInRange(bounds, record.range);
  return { ...scored, task: record.task, predictions, lower, upper };
}

/** The outputs of each row's own model. */
function scorePlaces(
  record: VersionRecord,
  models: Artefact,
  rows: { readonly features: FeatureTable; readonly places: readonly Place[] },
): Outputs {
  const outputs = Array.from(
    { length: Math.max(record.classes.length, 1) },
    () => new Float64Array(rows.places.length),
  );
  for (const place of new Set(rows.places)) {
    const indexes = Int32Array.from(rows.places.keys()).filter((row) => rows.places[row] === place);
    const fitted = typeof place === "number" ? models.folds[place] : models[place];
    if (fitted === undefined) throw new Error(`Fold ${place} of ${record.model} is missing.`);
    const scored = predict(record, fitted, takeRows(rows.features, indexes));
    for (const [index, output] of outputs.entries()) {
      for (const [position, row] of indexes.entries()) output[row] = scored[index]?.[position] ?? Number.NaN;
    }
  }
  return outputs;
}
