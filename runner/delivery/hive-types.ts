import { quote } from "./export-relation.ts";

/** How a column stands in a Parquet file that Trino reads as a Hive table. */
export interface HiveType {
  /** As Trino writes it in `create table`. */
  readonly trino: string;
  /** DuckDB's type in the file; another than the column's where Hive or Parquet have none like it. */
  readonly duckdb: string;
}

const same = (trino: string, duckdb: string): HiveType => ({ trino, duckdb });
const text = same("varchar", "VARCHAR");
/** Hive's timestamps have no zone; those of the project are UTC. */
const moment = same("timestamp(6)", "TIMESTAMP");

const scalars: Readonly<Record<string, HiveType>> = {
  BOOLEAN: same("boolean", "BOOLEAN"),
  TINYINT: same("tinyint", "TINYINT"),
  SMALLINT: same("smallint", "SMALLINT"),
  INTEGER: same("integer", "INTEGER"),
  BIGINT: same("bigint", "BIGINT"),
  UTINYINT: same("smallint", "SMALLINT"),
  USMALLINT: same("integer", "INTEGER"),
  UINTEGER: same("bigint", "BIGINT"),
  UBIGINT: same("decimal(20,0)", "DECIMAL(20,0)"),
  // Parquet has no whole numbers of 128 bits: DuckDB would write them as doubles.
  HUGEINT: same("decimal(38,0)", "DECIMAL(38,0)"),
  UHUGEINT: same("decimal(38,0)", "DECIMAL(38,0)"),
  FLOAT: same("real", "FLOAT"),
  DOUBLE: same("double", "DOUBLE"),
  DATE: same("date", "DATE"),
  TIMESTAMP: moment,
  TIMESTAMP_S: moment,
  TIMESTAMP_MS: moment,
  TIMESTAMP_NS: moment,
  "TIMESTAMP WITH TIME ZONE": moment,
  BLOB: same("varbinary", "BLOB"),
};

/** The type of a column in Parquet and in Trino; what neither has (times, intervals, UUIDs, enums, unions) is text. */
export function hiveType(type: string): HiveType {
  const list = /^(.*)\[\d*\]$/s.exec(type)?.[1];
  if (list !== undefined) {
    const element = hiveType(list);
    return same(`array(${element.trino})`, `${element.duckdb}[]`);
  }
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (decimal !== null) return same(`decimal(${decimal[1]},${decimal[2]})`, type);
  const nested = /^(STRUCT|MAP)\((.*)\)$/s.exec(type);
  if (nested === null) return scalars[type] ?? text;
  const members = splitTypes(nested[2] ?? "");
  return nested[1] === "MAP" ? mapType(members) : rowType(members);
}

/** SQL for the cell as the file has it. */
export function hiveCell({ name, type }: { readonly name: string; readonly type: string }): string {
  const { duckdb } = hiveType(type);
  return duckdb === type ? quote(name) : `cast(${quote(name)} as ${duckdb})`;
}

function mapType(members: readonly string[]): HiveType {
  const [key = text, value = text] = members.map(hiveType);
  return same(`map(${key.trino}, ${value.trino})`, `MAP(${key.duckdb}, ${value.duckdb})`);
}

function rowType(members: readonly string[]): HiveType {
  const fields = members.map((member) => {
    const [, name = "", type = ""] = /^("(?:[^"]|"")*"|\S+) (.*)$/s.exec(member) ?? [];
    return { name, ...hiveType(type) };
  });
  const written = (kind: "trino" | "duckdb"): string =>
    fields.map((field) => `${field.name} ${field[kind]}`).join(", ");
  return same(`row(${written("trino")})`, `STRUCT(${written("duckdb")})`);
}

/** Splits at the commas that stand in no brackets and no quotes. */
function splitTypes(types: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of types.matchAll(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[(),]/g)) {
    if (token === "(") depth += 1;
    if (token === ")") depth -= 1;
    if (token !== "," || depth > 0) continue;
    parts.push(types.slice(start, index).trim());
    start = index + 1;
  }
  return [...parts, types.slice(start).trim()];
}
