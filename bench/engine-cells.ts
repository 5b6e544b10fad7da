import { type Cell, cellText, type Row } from "../runner/warehouse/cells.ts";
import type { TrinoAnswer } from "./trino-server.ts";
import type { EngineRows } from "./compare-engines.ts";

/** A column by its name and DuckDB's type. */
export interface EngineColumn {
  readonly name: string;
  readonly type: string;
}

const isReal = ({ type }: EngineColumn): boolean => /^(DOUBLE|FLOAT|DECIMAL\(.*\))$/.test(type);

/** SQL for a cell of DuckDB as Trino's JSON has it: moments and whole numbers as text, so that nothing is rounded. */
export function cellAsTrinoHas({ name, type }: EngineColumn): string {
  const column = `"${name}"`;
  if (type.startsWith("TIMESTAMP")) return `strftime(${column}, '%Y-%m-%d %H:%M:%S.%f') as ${column}`;
  if (/^(DATE|U?(BIG|HUGE)INT)$/.test(type)) return `cast(${column} as varchar) as ${column}`;
  if (type.startsWith("DECIMAL")) return `cast(${column} as double) as ${column}`;
  return isNested(type) ? `to_json(${column}) as ${column}` : column;
}

/** Rows of DuckDB, read by `cellAsTrinoHas`. */
export function rowsOfDuckDB(columns: readonly EngineColumn[], rows: readonly Row[]): EngineRows {
  const cells = rows.map((row) => columns.map((column) => fromDuckDB(row[column.name] ?? null, column)));
  return { isReal: columns.map(isReal), rows: cells };
}

function fromDuckDB(cell: Cell, { type }: EngineColumn): unknown {
  if (cell === null || typeof cell === "boolean" || typeof cell === "number") return cell;
  if (!isNested(type)) return cellText(cell);
  const parsed: unknown = JSON.parse(cellText(cell));
  return isMap(type) ? byKey(parsed) : parsed;
}

function isNested(type: string): boolean {
  return type.includes("[") || type.startsWith("STRUCT") || isMap(type);
}

function isMap(type: string): boolean {
  return type.startsWith("MAP");
}

/** A map has no order. */
function byKey(map: unknown): unknown {
  return typeof map === "object" && map !== null ? Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)) : map;
}

/** Rows of Trino in the same form, by DuckDB's types. */
export function rowsOfTrino(columns: readonly EngineColumn[], { rows }: TrinoAnswer): readonly (readonly unknown[])[] {
  return rows.map((row) => row.map((cell, at) => toCell(cell, columns[at])));
}

function toCell(cell: unknown, column: EngineColumn | undefined): unknown {
  if (cell === null || column === undefined) return null;
  if (isMap(column.type)) return byKey(cell);
  if (isReal(column)) return column.type === "FLOAT" ? Math.fround(Number(cell)) : Number(cell);
  if (/^(U?(BIG|HUGE)INT|VARCHAR|DATE)$/.test(column.type)) return textOf(cell);
  if (column.type.startsWith("TIMESTAMP")) return textOf(cell).slice(0, 26);
  return /INT$|INTEGER$/.test(column.type) ? Number(cell) : cell;
}

function textOf(cell: unknown): string {
  return typeof cell === "string" ? cell : JSON.stringify(cell);
}
