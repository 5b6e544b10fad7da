import { didYouMean } from "../diagnostics.ts";
import { TrainingDataError } from "./algorithms/training-data-error.ts";

export type Cell = number | string | boolean | null;

/** Rows by column, all columns equally long; numbers may come as a Float64Array. */
export type ColumnarRows = Readonly<Record<string, ArrayLike<Cell>>>;

/** The number of rows. */
export function countRows(rows: ColumnarRows): number {
  return Object.values(rows)[0]?.length ?? 0;
}

/** A column that must be there; `role` says what for, as "the feature". */
export function columnOf(rows: ColumnarRows, name: string, role: string): ArrayLike<Cell> {
  const column = rows[name];
  if (column !== undefined) return column;
  const names = Object.keys(rows);
  const hint = didYouMean(name, names);
  throw new TrainingDataError(
    `${upperFirst(role)} '${name}' is not among the ${names.length} columns of the query${hint === undefined ? "." : `; ${hint}`}`,
  );
}

/** A column as numbers: true is 1, null and NaN are NaN; text and infinite values are refused with their row. */
export function numbersOf(column: ArrayLike<Cell>, name: string, role = "feature"): Float64Array {
  const numbers = new Float64Array(column.length);
  for (let row = 0; row < column.length; row++) {
    const cell = column[row] ?? Number.NaN;
    const value = typeof cell === "string" ? Infinity : Number(cell);
    if (value === Infinity || value === -Infinity) throw notANumber(cell, `${role} '${name}'`, row);
    numbers[row] = value;
  }
  return numbers;
}

/** A column as text, null where it is null; numbers and booleans become text. */
export function textsOf(column: ArrayLike<Cell>): readonly (string | null)[] {
  return Array.from(column, (cell) => (cell === null || cell === undefined ? null : String(cell)));
}

/** A column as text that no row lacks. */
export function namesOf(column: ArrayLike<Cell>, name: string, role: string): readonly string[] {
  const texts = textsOf(column);
  const missing = texts.reduce((count, text) => count + (text === null ? 1 : 0), 0);
  if (missing > 0) throw new TrainingDataError(`${upperFirst(role)} '${name}' is null in ${rowsText(missing)}.`);
  return texts.map((text) => text ?? "");
}

/** A column of moments as milliseconds since 1970: numbers of them, or ISO text, in UTC where it names no zone. */
export function timesOf(column: ArrayLike<Cell>, name: string): Float64Array {
  return Float64Array.from(Array.from(column), (cell, row) => {
    const time = typeof cell === "number" ? cell : parseMoment(typeof cell === "string" ? cell : "");
    if (!Number.isFinite(time)) {
      throw new TrainingDataError(`The time '${name}' of row ${row + 1} is no moment: give milliseconds or ISO text.`);
    }
    return time;
  });
}

/** The rows with these indexes. */
export function pickRows(rows: ColumnarRows, indexes: Int32Array): ColumnarRows {
  return Object.fromEntries(
    Object.entries(rows).map(([name, column]) => [name, Array.from(indexes, (row) => column[row] ?? null)]),
  );
}

/** "1 row", "12 rows". */
export function rowsText(count: number): string {
  return `${count} row${count === 1 ? "" : "s"}`;
}

/** A day or a moment without a zone, as databases print timestamps. */
const withoutZone = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.]\d+)?)?)?$/;

function parseMoment(text: string): number {
  const iso = text.trim().replace(" ", "T");
  return Date.parse(withoutZone.test(iso) && iso.includes("T") ? `${iso}Z` : iso);
}

function notANumber(cell: Cell, name: string, row: number): TrainingDataError {
  return new TrainingDataError(
    typeof cell === "string"
      ? `The ${name} is text in row ${row + 1}${name.startsWith("feature") ? "; name it under categories, or leave it out" : ""}.`
      : `The ${name} is infinite in row ${row + 1}.`,
  );
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
