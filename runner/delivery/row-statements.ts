import { escapeIdentifier } from "pg";

import type { TableKey } from "./export-relation.ts";
import type { TableName, TableShape } from "./target-shape.ts";

/** Locks tables for a change of their columns. */
export function lockTables(tables: readonly TableName[]): string {
  return `lock table ${tables.map(qualified).join(", ")} in access exclusive mode`;
}

/** Empties a table in a way that lets readers go on reading the old rows. */
export function deleteRows(table: TableName): string {
  return `delete from ${qualified(table)}`;
}

/** Deletes the rows of the keys that its parameters hold, an array a column, as text. */
export function deleteKeys(shape: TableShape, { columns }: TableKey): string {
  const typeOf = (name: string): string => shape.columns.find((column) => column.name === name)?.type ?? "text";
  const arrays = columns.map((name, index) => `$${index + 1}::text[]::${typeOf(name)}[]`);
  // One walk through the index, which takes a third of what looking up key by key does.
  if (columns.length === 1)
    return `delete from ${qualified(shape)} where ${columns.map(escapeIdentifier).join()} = any(${arrays.join()})`;
  const same = columns.map((name, index) => `kept.${escapeIdentifier(name)} = gone.key_${index}`).join(" and ");
  const names = columns.map((_, index) => `key_${index}`).join(", ");
  return `delete from ${qualified(shape)} as kept using unnest(${arrays.join(", ")}) as gone (${names}) where ${same}`;
}

/** Counts the rows of tables, whose names its parameter holds in their order. */
export function countTables(tables: readonly TableName[]): string {
  const counts = tables.map((table) => `(select count(*) from ${qualified(table)})`);
  return `select * from unnest($1::text[], array[${counts.join(", ")}]) as counts (name, rows)`;
}

/** Refreshes what the planner knows of a table. */
export function analyzeTable(table: TableName): string {
  return `analyze ${qualified(table)}`;
}

/** Takes rows as CSV in the order of the given columns. */
export function copyTable(table: TableName, columns: readonly string[]): string {
  return `copy ${qualified(table)} (${columns.map(escapeIdentifier).join(", ")}) from stdin (format csv)`;
}

function qualified({ schema, name }: TableName): string {
  return `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
}
