import { z } from "zod";

import { groupedFolds } from "./algorithms/folds.ts";
import { type FeatureTable, takeRows } from "./algorithms/feature-table.ts";

/** What a category became: for each output (the label, or each class) a mean by the category's index. */
export const encoderSchema = z.strictObject({
  feature: z.string(),
  names: z.array(z.string()).readonly(),
  /** Of all rows; stands for categories that training did not see. */
  priors: z.array(z.number()).readonly(),
  means: z.array(z.array(z.number()).readonly()).readonly(),
});

export type Encoder = Readonly<z.infer<typeof encoderSchema>>;

/** Rows that are learned from, as the algorithms take them. */
export interface LabelledRows {
  readonly features: FeatureTable;
  readonly categories: Readonly<Record<string, readonly string[]>>;
  readonly labels: Float64Array;
  readonly classes: readonly string[];
  readonly groups: readonly string[];
}

/** A category counts as many rows of the overall mean beside its own, so that rare ones stay near it. */
const priorRows = 10;

/** The encoders of all categories, learned on all rows: for rows that were not learned from. */
export function fitEncoders(rows: LabelledRows): readonly Encoder[] {
  return Object.keys(rows.categories).map((feature) => fitEncoder(rows, feature));
}

/** Features with each category replaced by its columns of means; missing stays missing. */
export function encodeFeatures(features: FeatureTable, encoders: readonly Encoder[]): FeatureTable {
  const encoded = features.names.flatMap((name, index) => {
    const column = features.columns[index] ?? new Float64Array();
    const encoder = encoders.find(({ feature }) => feature === name);
    if (encoder === undefined) return [{ name, column }];
    return encoder.names.map((output, position) => ({
      name: output,
      column: column.map((code) =>
        Number.isNaN(code) ? code : (encoder.means[position]?.[code] ?? encoder.priors[position] ?? Number.NaN),
      ),
    }));
  });
  return {
    names: encoded.map(({ name }) => name),
    columns: encoded.map(({ column }) => column),
    rowCount: features.rowCount,
  };
}

/** The rows that are learned from, each encoded by means of other groups, so that no label leaks into its own feature. */
export function encodeTrainingFeatures(rows: LabelledRows, seed: string): FeatureTable {
  if (Object.keys(rows.categories).length === 0) return rows.features;
  const folds = groupedFolds(rows.groups, 5, `${seed}/encoding`).filter(({ training }) => training.length > 0);
  const parts = folds.map(({ training, holdout }) => ({
    holdout,
    encoded: encodeFeatures(takeRows(rows.features, holdout), fitEncoders(takeLabelled(rows, training))),
  }));
  const whole = encodeFeatures(rows.features, fitEncoders(rows));
  for (const { holdout, encoded } of parts) {
    for (const [index, column] of encoded.columns.entries()) {
      for (const [position, row] of holdout.entries()) {
        const target = whole.columns[index];
        if (target !== undefined) target[row] = column[position] ?? Number.NaN;
      }
    }
  }
  return whole;
}

/** The labelled rows with these indexes. */
export function takeLabelled(rows: LabelledRows, indexes: Int32Array): LabelledRows {
  return {
    features: takeRows(rows.features, indexes),
    categories: rows.categories,
    labels: Float64Array.from(indexes, (row) => rows.labels[row] ?? Number.NaN),
    classes: rows.classes,
    groups: Array.from(indexes, (row) => rows.groups[row] ?? ""),
  };
}

function fitEncoder(rows: LabelledRows, feature: string): Encoder {
  const codes = rows.features.columns[rows.features.names.indexOf(feature)] ?? new Float64Array();
  const outputs = outputsOf(rows, feature);
  const fitted = outputs.map(({ target }) => {
    const sums = (rows.categories[feature] ?? []).map(() => ({ sum: 0, rows: 0 }));
    let total = 0;
    for (const [row, code] of codes.entries()) {
      const value = target(rows.labels[row] ?? 0);
      total += value;
      const own = sums[code];
      if (own === undefined) continue;
      own.sum += value;
      own.rows++;
    }
    const prior = codes.length === 0 ? 0 : total / codes.length;
    return { prior, means: sums.map((own) => (own.sum + priorRows * prior) / (own.rows + priorRows)) };
  });
  return {
    feature,
    names: outputs.map(({ name }) => name),
    priors: fitted.map(({ prior }) => prior),
    means: fitted.map(({ means }) => means),
  };
}

interface Output {
  readonly name: string;
  readonly target: (label: number) => number;
}

/** One column for a number or two classes, otherwise one a class. */
function outputsOf({ classes }: LabelledRows, feature: string): readonly Output[] {
  if (classes.length <= 2) return [{ name: feature, target: (label) => label }];
  return classes.map((name, one) => ({
    name: `${feature} = ${name}`,
    target: (label) => (label === one ? 1 : 0),
  }));
}
