import type { ExportColumn } from "../export-relation.ts";

/** A value that JSON and YAML can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/** What a chart kind gives: Superset's name for it, what the page keeps, and what the page asks for. */
export interface RenderedKind {
  readonly vizType: string;
  /** The controls of the chart besides filters. */
  readonly params: JsonObject;
  /** Of the query, what is the kind's own. */
  readonly query: JsonObject;
}

/** The columns of a chart's table with DuckDB's types. */
export type ChartTable = ReadonlyMap<string, ExportColumn>;

/** Whether a column holds dates or times. */
export function isTemporal(table: ChartTable, column: string): boolean {
  return /^(DATE|TIMESTAMP)/.test(table.get(column)?.type ?? "");
}

/** The column of an axis: its own, or the calculated one that shows several as one. */
export function axisName(columns: readonly string[]): string {
  return columns.join("__");
}
