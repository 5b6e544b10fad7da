import { Matrix } from "ml-matrix";
import * as z from "zod";

import { alignFeatures, type FeatureTable } from "./feature-table.ts";

/** How features become the columns of a linear model. */
export const scalingSchema = z.strictObject({
  features: z.array(z.string()).readonly(),
  /** Of the rows that have a value; missing values become the mean. */
  means: z.array(z.number()).readonly(),
  deviations: z.array(z.number()).readonly(),
  /** Of features that were missing in some, not all, training rows: each has one more column, 1 where it is missing. */
  missing: z.array(z.string()).readonly(),
});

export type Scaling = Readonly<z.infer<typeof scalingSchema>>;

/** Learns means, deviations and which features may be missing; a deviation of 0 counts as 1. */
export function fitScaling(features: FeatureTable): Scaling {
  const columns = features.columns.map((column) => {
    const present = column.filter((value) => !Number.isNaN(value));
    const mean = average(present);
    const deviation = Math.sqrt(average(present.map((value) => (value - mean) ** 2)));
    return { mean, deviation: deviation > 1e-12 * Math.abs(mean) ? deviation : 1, present: present.length };
  });
  return {
    features: features.names,
    means: columns.map(({ mean }) => mean),
    deviations: columns.map(({ deviation }) => deviation),
    missing: features.names.filter((_, index) => {
      const present = columns[index]?.present ?? 0;
      return present > 0 && present < features.rowCount;
    }),
  };
}

/** Rows × columns: a column of 1, the standardised features, then the indicators of missing values. */
export function designMatrix(table: FeatureTable, scaling: Scaling): Matrix {
  const { columns, rowCount } = alignFeatures(table, scaling.features);
  const missing = scaling.missing.map((name) => columns[scaling.features.indexOf(name)] ?? new Float64Array());
  const matrix = Matrix.zeros(rowCount, 1 + columns.length + missing.length);
  for (let row = 0; row < rowCount; row++) {
    matrix.set(row, 0, 1);
    for (const [index, column] of columns.entries()) {
      const value = column[row] ?? Number.NaN;
      const scaled = (value - (scaling.means[index] ?? 0)) / (scaling.deviations[index] ?? 1);
      matrix.set(row, 1 + index, Number.isNaN(scaled) ? 0 : scaled);
    }
    for (const [index, column] of missing.entries()) {
      matrix.set(row, 1 + columns.length + index, Number.isNaN(column[row]) ? 1 : 0);
    }
  }
  return matrix;
}

function average(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
