import * as z from "zod";

/** How many columns an aggregate takes. */
export const aggregateArity = {
  sum: 1,
  avg: 1,
  min: 1,
  max: 1,
  /** Rows that have a value. */
  count: 1,
  count_distinct: 1,
  /** The mean of averages: a value and the number of rows behind it. */
  weighted_avg: 2,
  /** The first summed as a share of the second, in per cent. */
  percentage: 2,
} as const;

export type Aggregate = keyof typeof aggregateArity;

/** A number over the rows of a chart's table: `sum(total_plays) as Streams`. */
export interface Measure {
  readonly aggregate: Aggregate;
  readonly columns: readonly string[];
  readonly label: string;
}

const pattern = /^\s*(\w+)\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)(?:\s+as\s+(.+?))?\s*$/;

/** A measure as dashboards write it. */
export const measureSchema = z.string().transform((text, context): Measure => {
  const [, name = "", first = "", second, label] = pattern.exec(text) ?? [];
  const columns = second === undefined ? [first] : [first, second];
  const aggregate = Object.keys(aggregateArity).find((known): known is Aggregate => known === name);
  if (aggregate !== undefined && aggregateArity[aggregate] === columns.length) {
    return { aggregate, columns, label: label ?? humanName(first) };
  }
  const forms = Object.entries(aggregateArity).map(([known, arity]) => `${known}(${"x, y".slice(0, arity * 3 - 2)})`);
  context.addIssue({
    code: "custom",
    message: `'${text}' is no measure; write ${forms.join(", ")}, and 'as …' to name it`,
  });
  return z.NEVER;
});

/** A column's name as people read it: `avg_valence` → `Average valence`. */
export function humanName(column: string): string {
  const words = column.replace(/^avg_/, "average_").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
