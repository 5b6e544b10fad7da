import type { ClassScorer, RegressionScorer } from "../runner/learning/algorithms/algorithm.ts";
import { majorityClassifier } from "../runner/learning/algorithms/baselines.ts";
import { boostedTreesClassifier, boostedTreesRegressor } from "../runner/learning/algorithms/boosted-trees.ts";
import { calibrationCurve, expectedCalibrationError } from "../runner/learning/algorithms/calibration.ts";
import { accuracy, logLoss, macroF1, mostProbable } from "../runner/learning/algorithms/classification-metrics.ts";
import { type FeatureTable, takeNumbers, takeRows } from "../runner/learning/algorithms/feature-table.ts";
import type { Split } from "../runner/learning/algorithms/folds.ts";
import { logisticClassifier } from "../runner/learning/algorithms/logistic-regression.ts";
import { r2 } from "../runner/learning/algorithms/regression-metrics.ts";
import { ridgeRegressor } from "../runner/learning/algorithms/ridge.ts";
import { encodeTargets, fitTargetEncoding } from "../runner/learning/algorithms/target-encoding.ts";
import type { CatalogueTracks } from "./catalogue-tracks.ts";

/** Mood classes in the order of seeds/mood_quadrants.csv. */
export const moods = ["Happy_Energetic", "Happy_Calm", "Sad_Energetic", "Sad_Calm", "Neutral"];

export interface RegressionScores {
  readonly boosted: number;
  readonly ridge: number;
}

export interface MoodScores {
  readonly accuracy: number;
  readonly macroF1: number;
  readonly logLoss: number;
  readonly calibrationError: number;
}

/** Mean R² over the folds for one feature of a track from the others. */
export function scoreRegression(tracks: CatalogueTracks, target: string, withGenre: boolean): RegressionScores {
  const labels = columnOf(tracks.features, target);
  const scores = tracks.folds.map((fold) => {
    const table = withGenre
      ? addGenre(without(tracks.features, [target]), tracks.genres, { fold, targets: { target: labels } })
      : without(tracks.features, [target]);
    const training = {
      features: takeRows(table, fold.training),
      labels: takeNumbers(labels, fold.training),
      groups: Array.from(fold.training, (row) => tracks.artists[row] ?? ""),
    };
    const held = { features: takeRows(table, fold.holdout), labels: takeNumbers(labels, fold.holdout) };
    const scoreOf = (score: RegressionScorer): number => r2(held.labels, score(held.features))();
    return {
      boosted: scoreOf(boostedTreesRegressor.load(boostedTreesRegressor.fit(training, {}))),
      ridge: scoreOf(ridgeRegressor.load(ridgeRegressor.fit(training, {}))),
    };
  });
  return { boosted: meanOf(scores, (one) => one.boosted), ridge: meanOf(scores, (one) => one.ridge) };
}

/** Scores of the mood class from everything but valence and energy, with genre; means over the folds. */
export function scoreMoods(tracks: CatalogueTracks): Readonly<Record<"boosted" | "logistic" | "majority", MoodScores>> {
  const labels = moodLabels(tracks.features);
  const base = without(tracks.features, ["valence", "energy"]);
  const targets = Object.fromEntries(
    moods.map((mood, one) => [mood, Float64Array.from(labels, (label) => (label === one ? 1 : 0))]),
  );
  const folds = tracks.folds.map((fold) => {
    const table = addGenre(base, tracks.genres, { fold, targets });
    const training = {
      features: takeRows(table, fold.training),
      labels: Int32Array.from(fold.training, (row) => labels[row] ?? 0),
      classes: moods,
      groups: Array.from(fold.training, (row) => tracks.artists[row] ?? ""),
    };
    const held = {
      features: takeRows(table, fold.holdout),
      labels: Int32Array.from(fold.holdout, (row) => labels[row] ?? 0),
    };
    const scoreOf = (score: ClassScorer): MoodScores => scoreProbabilities(held.labels, score(held.features));
    return {
      boosted: scoreOf(boostedTreesClassifier.load(boostedTreesClassifier.fit(training, {}))),
      logistic: scoreOf(logisticClassifier.load(logisticClassifier.fit(training, {}))),
      majority: scoreOf(majorityClassifier.load(majorityClassifier.fit(training))),
    };
  });
  return {
    boosted: meanScores(folds.map((one) => one.boosted)),
    logistic: meanScores(folds.map((one) => one.logistic)),
    majority: meanScores(folds.map((one) => one.majority)),
  };
}

/** The index of each track's mood among `moods`. */
export function moodLabels(features: FeatureTable): Int32Array {
  const valence = columnOf(features, "valence");
  const energy = columnOf(features, "energy");
  return Int32Array.from(valence, (value, row) => {
    const power = energy[row] ?? 0;
    if (value >= 0.6) return power >= 0.6 ? 0 : power < 0.4 ? 1 : 4;
    if (value < 0.4) return power >= 0.6 ? 2 : power < 0.4 ? 3 : 4;
    return 4;
  });
}

/** Columns that say what a track's genre was like in training, smoothed by 20 rows of the overall mean. */
function addGenre(
  table: FeatureTable,
  genres: readonly string[],
  { fold, targets }: { readonly fold: Split; readonly targets: Readonly<Record<string, Float64Array>> },
): FeatureTable {
  const known = Array.from(fold.training, (row) => genres[row] ?? "");
  const encoded = Object.values(targets).map((labels) =>
    encodeTargets(genres, fitTargetEncoding(known, takeNumbers(labels, fold.training))),
  );
  const names = Object.keys(targets).map((name) => `genre_${name}`);
  return { names: [...table.names, ...names], columns: [...table.columns, ...encoded], rowCount: table.rowCount };
}

/** The table without these columns. */
export function without(table: FeatureTable, names: readonly string[]): FeatureTable {
  const kept = Array.from(table.names.keys()).filter((index) => !names.includes(table.names[index] ?? ""));
  return {
    names: kept.flatMap((index) => table.names[index] ?? []),
    columns: kept.flatMap((index) => table.columns[index] ?? []),
    rowCount: table.rowCount,
  };
}

/** The column of that name. */
export function columnOf(table: FeatureTable, name: string): Float64Array {
  const column = table.columns[table.names.indexOf(name)];
  if (column === undefined) throw new Error(`The catalogue has no ${name}.`);
  return column;
}

function scoreProbabilities(labels: Int32Array, probabilities: readonly Float64Array[]): MoodScores {
  const predicted = mostProbable(probabilities);
  const stated = Float64Array.from(predicted, (one, row) => probabilities[one]?.[row] ?? 0);
  const isRight = Array.from(labels, (label, row) => (label === predicted[row] ? 1 : 0));
  return {
    accuracy: accuracy(labels, predicted)(),
    macroF1: macroF1(labels, predicted, moods.length)(),
    logLoss: logLoss(labels, probabilities)(),
    calibrationError: expectedCalibrationError(calibrationCurve(stated, isRight)),
  };
}

function meanScores(scores: readonly MoodScores[]): MoodScores {
  return {
    accuracy: meanOf(scores, (one) => one.accuracy),
    macroF1: meanOf(scores, (one) => one.macroF1),
    logLoss: meanOf(scores, (one) => one.logLoss),
    calibrationError: meanOf(scores, (one) => one.calibrationError),
  };
}

function meanOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0) / items.length;
}
