import { sampleCorrelation } from "simple-statistics";

import { takeNumbers } from "./algorithms/feature-table.ts";
import type { TrainingRows } from "./training-rows.ts";

/** Above this a feature is the label in another guise. */
const mostCorrelation = 0.999;

/** Fewer rows with a value than this prove nothing. */
const leastRows = 10;

/** Of more rows some are looked at first: a feature that shows no trace of a leak in them is none. */
const glanceRows = 5000;

/** A trace of a leak: a correlation in some of the rows that may be one beyond 0.999 in all. */
const traceCorrelation = 0.99;

/**
 * Features that give the label away, one sentence each: the same values, the same partition into classes, a correlation
 * of values or ranks beyond 0.999, or a value that is missing exactly where the label is of one kind.
 */
export function findLeaks(rows: TrainingRows): readonly string[] {
  const { features, categories, labels, classes } = rows;
  return features.names.flatMap((name, index) => {
    const values = features.columns[index] ?? new Float64Array();
    const isCode = categories[name] !== undefined || classes.length > 0;
    const how =
      (isCode && samePartition(values, labels) ? "it is the label under other names" : undefined) ??
      (categories[name] === undefined ? describeCorrelation(values, rows) : undefined) ??
      (classes.length === 2 ? describeMissing(values, labels) : undefined);
    return how === undefined ? [] : [`The feature '${name}' gives the label away: ${how}. Leave it out.`];
  });
}

function describeCorrelation(values: Float64Array, { labels, classes }: TrainingRows): string | undefined {
  // Numbers of more than two classes are names: their order says nothing.
  if (classes.length > 2) return undefined;
  const present = Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]));
  if (present.length < leastRows) return undefined;
  const relate = (rows: readonly number[]): Relation =>
    relationOf(takeNumbers(values, rows), takeNumbers(labels, rows));
  const step = Math.floor(present.length / glanceRows);
  if (step > 1 && !isTrace(relate(present.filter((_, at) => at % step === 0)), classes)) return undefined;
  const { byValue, byRank, ranges } = relate(present);
  if (Math.abs(byValue) > mostCorrelation) return `their correlation is ${byValue.toFixed(4)}`;
  if (Math.abs(byRank) > mostCorrelation) return `the correlation of their ranks is ${byRank.toFixed(4)}`;
  return classes.length === 2 && ranges === "apart" ? "a threshold on it tells the classes apart" : undefined;
}

interface Relation {
  readonly byValue: number;
  readonly byRank: number;
  /** How the values of two classes lie; alone where a class has none. */
  readonly ranges: "apart" | "mixed" | "alone";
}

function relationOf(values: Float64Array, labels: Float64Array): Relation {
  return {
    byValue: correlation(values, labels),
    byRank: correlation(ranks(values), ranks(labels)),
    ranges: compareRanges(values, labels),
  };
}

function isTrace({ byValue, byRank, ranges }: Relation, classes: readonly string[]): boolean {
  const most = Math.max(Math.abs(byValue), Math.abs(byRank));
  return most > traceCorrelation || (classes.length === 2 && ranges !== "mixed");
}

function describeMissing(values: Float64Array, labels: Float64Array): string | undefined {
  const presence = values.map((value) => (Number.isNaN(value) ? 0 : 1));
  const found = correlation(presence, labels);
  return Math.abs(found) > mostCorrelation ? "it is missing exactly where the label is of one class" : undefined;
}

/** Whether each value goes with one label and each label with one value, both coming again and again. */
function samePartition(values: Float64Array, labels: Float64Array): boolean {
  const labelOf = new Map<number, number>();
  const valueOf = new Map<number, number>();
  for (const [row, value] of values.entries()) {
    const label = labels[row] ?? 0;
    if ((labelOf.get(value) ?? label) !== label || !Object.is(valueOf.get(label) ?? value, value)) return false;
    labelOf.set(value, label);
    valueOf.set(label, value);
  }
  return valueOf.size > 1 && valueOf.size <= values.length / 2;
}

function compareRanges(values: Float64Array, labels: Float64Array): Relation["ranges"] {
  const [first, second] = [0, 1].map((label) => values.filter((_, row) => labels[row] === label).toSorted());
  const [low, high] = [first?.[0], first?.at(-1)];
  const [otherLow, otherHigh] = [second?.[0], second?.at(-1)];
  if (low === undefined || high === undefined || otherLow === undefined || otherHigh === undefined) return "alone";
  return high < otherLow || otherHigh < low ? "apart" : "mixed";
}

function correlation(left: Float64Array, right: Float64Array): number {
  const found = sampleCorrelation(Array.from(left), Array.from(right));
  return Number.isFinite(found) ? found : 0;
}

/** Place of each value in rising order, ties sharing the mean of their places. */
function ranks(values: Float64Array): Float64Array {
  const order = Int32Array.from(values.keys()).toSorted((left, right) => (values[left] ?? 0) - (values[right] ?? 0));
  const result = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (let place = start; place < end; place++) result[order[place] ?? 0] = (start + end - 1) / 2;
  }
  return result;
}
