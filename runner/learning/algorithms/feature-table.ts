import { TrainingDataError } from "./training-data-error.ts";

/** Rows of numeric features by column; NaN stands for a value that is missing. */
export interface FeatureTable {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  readonly rowCount: number;
}

/** The table of these columns, in the order of the object; refuses none at all, unequal lengths and infinite values. */
export function featureTable(columns: Readonly<Record<string, ArrayLike<number>>>): FeatureTable {
  const names = Object.keys(columns);
  const values = Object.values(columns).map((column) => Float64Array.from(column));
  const rowCount = values[0]?.length;
  if (rowCount === undefined) throw new TrainingDataError("There are no features.");
  for (const [index, column] of values.entries()) checkColumn(names[index] ?? "", column, rowCount);
  return { names, columns: values, rowCount };
}

/** The rows with these indexes, in that order; an index may come more than once. */
export function takeRows(table: FeatureTable, rows: ArrayLike<number>): FeatureTable {
  return {
    names: table.names,
    columns: table.columns.map((column) => takeNumbers(column, rows)),
    rowCount: rows.length,
  };
}

/** The numbers at these indexes, in that order. */
export function takeNumbers(numbers: ArrayLike<number>, rows: ArrayLike<number>): Float64Array {
  const taken = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) taken[index] = numbers[rows[index] ?? -1] ?? Number.NaN;
  return taken;
}

/** The columns of these names in this order, as a model was trained on them; a name that is missing is refused. */
export function alignFeatures(table: FeatureTable, names: readonly string[]): FeatureTable {
  const columns = names.map((name) => {
    const column = table.columns[table.names.indexOf(name)];
    if (column === undefined)
      throw new TrainingDataError(`The feature '${name}', which the model was trained on, is gone.`);
    return column;
  });
  return { names, columns, rowCount: table.rowCount };
}

function checkColumn(name: string, column: Float64Array, rowCount: number): void {
  if (column.length !== rowCount) {
    throw new TrainingDataError(`The feature '${name}' has ${column.length} values for ${rowCount} rows.`);
  }
  const infinite = column.findIndex((value) => value === Infinity || value === -Infinity);
  if (infinite !== -1) throw new TrainingDataError(`The feature '${name}' is infinite in row ${infinite + 1}.`);
}
