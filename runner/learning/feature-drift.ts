import type { FeatureTable } from "./algorithms/feature-table.ts";
import {
  driftOf,
  populationStability,
  type ReferenceDistribution,
  referenceDistribution,
} from "./algorithms/population-stability.ts";
import { type ColumnarRows, columnOf, numbersOf } from "./columnar-rows.ts";
import type { FeatureDrift, VersionRecord } from "./model-version.ts";
import { codeCategories } from "./training-rows.ts";

/** Each feature as it is in training, to measure drift from. */
export function describeFeatures(features: FeatureTable): Readonly<Record<string, ReferenceDistribution>> {
  return Object.fromEntries(
    features.names.map((name, index) => [name, referenceDistribution(features.columns[index] ?? new Float64Array())]),
  );
}

/** How far the features of rows lie from those a version was trained on, the farthest first; features that are gone are left out. */
export function featureDrift(record: VersionRecord, rows: ColumnarRows): readonly FeatureDrift[] {
  const drifts = record.features.flatMap((feature) => {
    const reference = record.references[feature];
    if (reference === undefined || rows[feature] === undefined) return [];
    const index = populationStability(reference, valuesOf(record, rows, feature));
    return [{ feature, index, drift: driftOf(index) }];
  });
  return drifts.toSorted((left, right) => right.index - left.index);
}

function valuesOf(record: VersionRecord, rows: ColumnarRows, feature: string): Float64Array {
  const column = columnOf(rows, feature, "the feature");
  const texts = record.categories[feature];
  // Texts that training did not know are the highest, not the lowest: a bin of their own sort.
  return texts === undefined
    ? numbersOf(column, feature)
    : codeCategories(column, texts).map((code) => (code < 0 ? texts.length : code));
}
