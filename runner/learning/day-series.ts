import { TrainingDataError } from "./algorithms/training-data-error.ts";
import { type ColumnarRows, columnOf, countRows, numbersOf, rowsText, timesOf } from "./columnar-rows.ts";

export const dayMs = 86_400_000;

/** A number a day, without a gap: NaN where the day has none. */
export interface DaySeries {
  /** Days since 1970 of the first value. */
  readonly firstDay: number;
  readonly values: Float64Array;
}

/** What a series is read by. */
export interface SeriesColumns {
  readonly key: string;
  readonly label: string;
  readonly range: { readonly min: number; readonly max: number };
}

/** Rows, one a day in any order, as a series from the first to the last; refuses days that repeat and numbers outside the range. */
export function daySeries(rows: ColumnarRows, { key, label, range }: SeriesColumns): DaySeries {
  if (countRows(rows) === 0) throw new TrainingDataError("The training query returned no rows.");
  const days = timesOf(columnOf(rows, key, "the key"), key).map((time) => Math.floor(time / dayMs));
  const repeated = days.length - new Set(days).size;
  if (repeated > 0) throw new TrainingDataError(`The key '${key}' repeats in ${rowsText(repeated)}; a day has one.`);
  const numbers = numbersOf(columnOf(rows, label, "the label"), label, "label");
  const outside = numbers.findIndex((value) => value < range.min || value > range.max);
  if (outside !== -1) {
    throw new TrainingDataError(
      `The label '${label}' of ${dayText(days[outside] ?? 0)} is ${numbers[outside]}, not a number from ${range.min} to ${range.max}.`,
    );
  }
  const [first, last] = [days.reduce((a, b) => Math.min(a, b)), days.reduce((a, b) => Math.max(a, b))];
  const values = new Float64Array(last - first + 1).fill(Number.NaN);
  for (const [row, day] of days.entries()) values[day - first] = numbers[row] ?? Number.NaN;
  return { firstDay: first, values };
}

/** Places of the days that have a value. */
export function presentDays({ values }: DaySeries): Int32Array {
  return Int32Array.from(values.keys()).filter((day) => !Number.isNaN(values[day]));
}

/** A day since 1970 as ISO text. */
export function dayText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
