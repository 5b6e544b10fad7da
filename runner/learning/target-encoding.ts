import * as z from "zod";

import { groupedFolds } from "./algorithms/folds.ts";
import { type FeatureTable, takeNumbers, takeRows } from "./algorithms/feature-table.ts";

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

/** The encoders of all categories, learned on all rows or on those with these indexes: for rows that were not learned from. */
export function fitEncoders(rows: LabelledRows, indexes = allRows(rows)): readonly Encoder[] {
  return Object.keys(rows.categories).map((feature) => fitEncoder(rows, feature, indexes));
}

/** Features with each category replaced by its columns of means; missing stays missing. */
export function encodeFeatures(features: FeatureTable, encoders: readonly Encoder[]): FeatureTable {
  const encoded = features.names.flatMap((name, index) => {
    const column = features.columns[index] ?? new Float64Array();
    const encoder = encoders.find(({ feature }) => feature === name);
    if (encoder === undefined) return [{ name, column }];
    return encoder.names.map((output, position) => ({
      name: output,
      column: column.map((code) => meanOf(encoder, position, code)),
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
  const whole = encodeFeatures(rows.features, fitEncoders(rows));
  for (const { training, holdout } of groupedFolds(rows.groups, 5, `${seed}/encoding`)) {
    if (training.length === 0) continue;
    for (const encoder of fitEncoders(rows, training)) {
      const codes = columnOf(rows.features, encoder.feature);
      for (const [position, name] of encoder.names.entries()) {
        const encoded = columnOf(whole, name);
        for (const row of holdout) encoded[row] = meanOf(encoder, position, codes[row] ?? Number.NaN);
      }
    }
  }
  return whole;
}

/** What a category's number became in one of its columns. */
function meanOf({ means, priors }: Encoder, position: number, code: number): number {
  return Number.isNaN(code) ? code : (means[position]?.[code] ?? priors[position] ?? Number.NaN);
}

function columnOf({ names, columns }: FeatureTable, name: string): Float64Array {
  return columns[names.indexOf(name)] ?? new Float64Array();
}

function allRows({ labels }: LabelledRows): Int32Array {
  return Int32Array.from({ length: labels.length }, (_, row) => row);
}

/** The labelled rows with these indexes. */
export function takeLabelled(rows: LabelledRows, indexes: Int32Array): LabelledRows {
  return {
    features: takeRows(rows.features, indexes),
    categories: rows.categories,
    labels: takeNumbers(rows.labels, indexes),
    classes: rows.classes,
    groups: Array.from(indexes, (row) => rows.groups[row] ?? ""),
  };
}

function fitEncoder(rows: LabelledRows, feature: string, indexes: Int32Array): Encoder {
  const codes = columnOf(rows.features, feature);
  const outputs = outputsOf(rows, feature);
  const fitted = outputs.map(({ target }) => {
    const sums = new Float64Array(rows.categories[feature]?.length ?? 0);
    const counts = new Float64Array(sums.length);
    let total = 0;
    for (const row of indexes) {
      const value = target(rows.labels[row] ?? 0);
      const code = codes[row] ?? Number.NaN;
      total += value;
      if (!(code >= 0)) continue;
      sums[code] = (sums[code] ?? 0) + value;
      counts[code] = (counts[code] ?? 0) + 1;
    }
    const prior = indexes.length === 0 ? 0 : total / indexes.length;
    return {
      prior,
      means: Array.from(sums, (sum, code) => (sum + priorRows * prior) / ((counts[code] ?? 0) + priorRows)),
    };
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
