import type { Cell, Connection, Row } from "../../runner/warehouse/duckdb.ts";

const relativeTolerance = 1e-9;

/** Names of the tables and views of some schemas of an attached database, as `schema.table`, sorted. */
export async function relationsOf(
  connection: Connection,
  database: string,
  schemas: readonly string[],
): Promise<readonly string[]> {
  const rows = await connection.query(`
    select table_schema || '.' || table_name as name
    from information_schema.tables
    where table_catalog = '${database}' and table_schema in (${schemas.map((schema) => `'${schema}'`).join(", ")})
    order by name
  `);
  return rows.map((row) => text(row["name"]));
}

/**
 * How one relation differs between two attached databases, as sentences; none when both hold the same rows. Rows must
 * be equal exactly, but for doubles: sums added up in parallel may differ in their last digits.
 */
export async function differencesOf(
  connection: Connection,
  relation: string,
  [left, right]: readonly [string, string],
): Promise<readonly string[]> {
  const only = (here: string, there: string) =>
    connection.query(`select * from ${here}.${relation} except all select * from ${there}.${relation}`);
  const onlyLeft = sortRows(await only(left, right));
  const onlyRight = sortRows(await only(right, left));
  if (onlyLeft.length !== onlyRight.length) {
    return [`${relation}: ${onlyLeft.length} rows only in ${left}, ${onlyRight.length} only in ${right}`];
  }
  return onlyLeft.flatMap((row, index) => differentColumns(row, onlyRight[index] ?? {}, relation));
}

function differentColumns(left: Row, right: Row, relation: string): readonly string[] {
  const columns = Object.keys(left).filter((name) => !nearlyEqual(left[name] ?? null, right[name] ?? null));
  return columns.map((name) => `${relation}.${name}: ${text(left[name])} and ${text(right[name])}`);
}

function nearlyEqual(left: Cell, right: Cell): boolean {
  if (typeof left === "number" && typeof right === "number" && !(Number.isInteger(left) && Number.isInteger(right))) {
    return Math.abs(left - right) <= relativeTolerance * Math.max(Math.abs(left), Math.abs(right));
  }
  return JSON.stringify(left) === JSON.stringify(right);
}

/** Rows that differ in the last digits only stand beside each other once sorted by everything shortened. */
function sortRows(rows: readonly Row[]): readonly Row[] {
  const keyed = rows.map((row) => ({ row, key: JSON.stringify(Object.values(row).map(shortened)) }));
  return keyed.toSorted((left, right) => (left.key < right.key ? -1 : 1)).map(({ row }) => row);
}

function shortened(value: Cell): Cell {
  return typeof value === "number" ? value.toPrecision(6) : value;
}

function text(value: Cell | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
