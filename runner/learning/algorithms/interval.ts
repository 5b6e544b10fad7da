import { quantileSorted } from "simple-statistics";

import { TrainingDataError } from "./training-data-error.ts";

/** Days whose values or errors make an interval. */
export const recentDays = 90;

/** The 10 % and the 90 % quantile of the numbers that are not NaN. */
export function eightyPercent(values: ArrayLike<number>): { readonly lower: number; readonly upper: number } {
  const sorted = Array.from(presentOf(values).toSorted());
  if (sorted.length === 0) throw new TrainingDataError("There is no day with a value to make an interval from.");
  return { lower: quantileSorted(sorted, 0.1), upper: quantileSorted(sorted, 0.9) };
}

/** The numbers that are not NaN. */
export function presentOf(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).filter((value) => !Number.isNaN(value));
}

/** The present values of a series; refuses one that has fewer than these days with a value, or an infinite one. */
export function checkSeries(series: Float64Array, leastDays: number): Float64Array {
  const infinite = series.findIndex((value) => value === Infinity || value === -Infinity);
  if (infinite !== -1) throw new TrainingDataError(`Day ${infinite + 1} of the series is infinite.`);
  const present = presentOf(series);
  if (present.length < leastDays) {
    throw new TrainingDataError(
      `The series has ${present.length} days with a value; at least ${leastDays} are needed.`,
    );
  }
  return present;
}
