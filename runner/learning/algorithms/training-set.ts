import type { FeatureTable } from "./feature-table.ts";
import { TrainingDataError } from "./training-data-error.ts";

/** Rows to learn a number from; rows of one group (an artist, a day) never stand on both sides of a split. */
export interface RegressionSet {
  readonly features: FeatureTable;
  readonly labels: Float64Array;
  readonly groups?: readonly string[];
}

/** Rows to learn a class from; a label is the index of one of `classes`. */
export interface ClassSet {
  readonly features: FeatureTable;
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  readonly groups?: readonly string[];
}

/** Refuses a set without rows, with labels that are missing or infinite, or with unequal lengths. */
export function checkRegressionSet(set: RegressionSet): void {
  checkLengths(set);
  const bad = set.labels.findIndex((label) => !Number.isFinite(label));
  if (bad !== -1)
    throw new TrainingDataError(`The label of row ${bad + 1} is ${set.labels[bad]}, not a finite number.`);
}

/** Refuses a set without rows, with labels outside its classes, with one class only, or with unequal lengths. */
export function checkClassSet(set: ClassSet): void {
  checkLengths(set);
  const bad = set.labels.findIndex((label) => label < 0 || label >= set.classes.length);
  if (bad !== -1) {
    throw new TrainingDataError(`The label of row ${bad + 1} is none of the ${set.classes.length} classes.`);
  }
  const first = set.labels[0] ?? 0;
  if (set.labels.every((label) => label === first)) {
    throw new TrainingDataError(
      `All ${set.labels.length} rows are of one class, '${set.classes[first]}': nothing to tell apart.`,
    );
  }
}

function checkLengths(set: RegressionSet | ClassSet): void {
  const { rowCount } = set.features;
  if (rowCount === 0) throw new TrainingDataError("There are no rows to learn from.");
  if (set.labels.length !== rowCount) {
    throw new TrainingDataError(`There are ${set.labels.length} labels for ${rowCount} rows.`);
  }
  if (set.groups !== undefined && set.groups.length !== rowCount) {
    throw new TrainingDataError(`There are ${set.groups.length} groups for ${rowCount} rows.`);
  }
}

/** The classes of labels as indexes; a label that is none of the classes is refused. */
export function indexClasses(labels: readonly string[], classes: readonly string[]): Int32Array {
  const indexes = new Map(classes.map((name, index) => [name, index]));
  return Int32Array.from(labels, (label, row) => {
    const index = indexes.get(label);
    if (index === undefined) {
      throw new TrainingDataError(`The label of row ${row + 1} is '${label}', none of ${classes.join(", ")}.`);
    }
    return index;
  });
}

/**
 * Everything that makes a whole set not worth learning from: too few rows, a label that is always the same, features
 * without any value; empty when nothing does. Of too few rows nothing else is told: more of them may mend it. Parts of a good set, as folds, may have such a feature and still be fitted.
 */
export function findObstacles(set: RegressionSet | ClassSet, minRows: number): readonly string[] {
  const { names, columns, rowCount } = set.features;
  const first = set.labels[0];
  const isConstant = rowCount > 0 && set.labels.every((label) => label === first);
  const label = "classes" in set ? `of one class, '${set.classes[first ?? 0]}'` : `labelled ${first}`;
  if (rowCount < minRows) return [`There are ${rowCount} rows to learn from; at least ${minRows} are needed.`];
  return [
    ...(isConstant ? [`All ${rowCount} rows are ${label}: nothing to learn.`] : []),
    ...names
      .filter((_, index) => columns[index]?.every(Number.isNaN) ?? true)
      .map((name) => `The feature '${name}' has no value in any row.`),
  ];
}
