import { sampleCorrelation } from "simple-statistics";

import type { TrainingRows } from "./training-rows.ts";

/** Above this a feature is the label in another guise. */
const mostCorrelation = 0.999;

/** Fewer rows with a value than this prove nothing. */
const leastRows = 10;

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
  const of = (column: Float64Array): Float64Array => Float64Array.from(present, (row) => column[row] ?? 0);
  const [here, there] = [of(values), of(labels)];
  const byValue = correlation(here, there);
  if (Math.abs(byValue) > mostCorrelation) return `their correlation is ${byValue.toFixed(4)}`;
  const byRank = correlation(ranks(here), ranks(there));
  if (Math.abs(byRank) > mostCorrelation) return `the correlation of their ranks is ${byRank.toFixed(4)}`;
  return classes.length === 2 && splitsClasses(here, there) ? "a threshold on it tells the classes apart" : undefined;
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

/** Whether all values of one class lie above all of the other. */
function splitsClasses(values: Float64Array, labels: Float64Array): boolean {
  const extremes = [0, 1].map((label) => {
    const own = values.filter((_, row) => labels[row] === label);
    return own.reduce((found, value) => ({ low: Math.min(found.low, value), high: Math.max(found.high, value) }), {
      low: Infinity,
      high: -Infinity,
    });
  });
  const [first, second] = extremes;
  if (first === undefined || second === undefined) return false;
  return first.high >= first.low && second.high >= second.low && (first.high < second.low || second.high < first.low);
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
