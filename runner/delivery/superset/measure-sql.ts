import type { Aggregate, Measure } from "../../project/measure.ts";

const aggregates: Readonly<Record<Aggregate, (columns: readonly string[]) => string>> = {
  sum: ([x]) => `SUM(${x})`,
  avg: ([x]) => `AVG(${x})`,
  min: ([x]) => `MIN(${x})`,
  max: ([x]) => `MAX(${x})`,
  count: ([x]) => `COUNT(${x})`,
  count_distinct: ([x]) => `COUNT(DISTINCT ${x})`,
  weighted_avg: ([x, weight]) =>
    `SUM(${x} * ${weight}) / NULLIF(SUM(CASE WHEN ${x} IS NOT NULL THEN ${weight} END), 0)`,
  percentage: ([part, whole]) => `100.0 * SUM(${part}) / NULLIF(SUM(${whole}), 0)`,
};

/** A measure as Superset's charts hold one. */
export interface Metric {
  readonly expressionType: "SQL";
  readonly sqlExpression: string;
  readonly label: string;
  readonly optionName: string;
  readonly hasCustomLabel: true;
}

/** The metric of a measure; its SQL is understood by Postgres, Trino and DuckDB. */
export function metricOf({ aggregate, columns, label }: Measure): Metric {
  const sqlExpression = aggregates[aggregate](columns.map((column) => `"${column}"`));
  return {
    expressionType: "SQL",
    sqlExpression,
    label,
    optionName: `metric_${aggregate}_${columns.join("_")}`,
    hasCustomLabel: true,
  };
}
