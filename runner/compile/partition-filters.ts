import { changedPartitionsTable } from "./helpers.ts";

type Tree = Readonly<Record<string, unknown>>;

/** A mention of a table in a FROM whose WHERE keeps only changed partitions of that column. */
export interface FilteredTable {
  /** As written: `silver.plays`. */
  readonly name: string;
  readonly column: string;
}

/** Tables of one SELECT, a node of DuckDB's syntax tree, that its WHERE filters by `column in ({{changed_partitions}})`. */
export function partitionFilters(select: Tree): readonly FilteredTable[] {
  const columns = conjuncts(select["where_clause"]).flatMap(filteredColumn);
  if (columns.length === 0) return [];
  const tables = baseTables(select["from_table"]);
  return columns.flatMap(({ alias, column }) =>
    tables
      .filter((table) => alias === undefined || table.aliases.includes(alias))
      .map(({ name }) => ({ name, column })),
  );
}

/** The condition and, where it is a conjunction, its parts: only what must hold for every row counts. */
function conjuncts(condition: unknown): readonly Tree[] {
  if (!isTree(condition)) return [];
  if (condition["type"] !== "CONJUNCTION_AND") return [condition];
  return list(condition["children"]).flatMap(conjuncts);
}

function filteredColumn(condition: Tree): readonly { alias: string | undefined; column: string }[] {
  if (condition["class"] !== "SUBQUERY" || condition["subquery_type"] !== "ANY") return [];
  const { subquery, child } = condition;
  const select = isTree(subquery) && isTree(subquery["node"]) ? subquery["node"] : {};
  const isOurs = baseTables(select["from_table"]).some(({ name }) => name === changedPartitionsTable);
  if (!isOurs || !isTree(child) || child["class"] !== "COLUMN_REF") return [];
  const names = list(child["column_names"]).map(String);
  const column = names.at(-1);
  return column === undefined ? [] : [{ alias: names.at(-2), column }];
}

function baseTables(from: unknown): readonly { readonly name: string; readonly aliases: readonly string[] }[] {
  if (!isTree(from)) return [];
  if (from["type"] === "JOIN") return [...baseTables(from["left"]), ...baseTables(from["right"])];
  if (from["type"] !== "BASE_TABLE") return [];
  const { catalog_name, schema_name, table_name, alias } = from;
  const name = [catalog_name, schema_name, table_name].filter((part) => part !== "").join(".");
  return [{ name, aliases: alias === "" ? [String(table_name)] : [String(alias)] }];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
