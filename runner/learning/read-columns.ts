import * as z from "zod";

import type { Connection } from "../warehouse/duckdb.ts";
import type { Cell, ColumnarRows } from "./columnar-rows.ts";

/** DuckDB type → SQL that gives the column as a plain number, truth value or text; moments as milliseconds since 1970. */
const conversions: readonly (readonly [type: RegExp, convert: (column: string) => string])[] = [
  [/^(VARCHAR|BOOLEAN|DOUBLE)$/, (column) => column],
  [/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DECIMAL.*)$/, (column) => `${column}::double`],
  [/^TIMESTAMP/, (column) => `epoch_ms(${column})::double`],
  [/^DATE$/, (column) => `${column}::varchar`],
];

const describedSchema = z.array(z.object({ column_name: z.string(), column_type: z.string() }));

/** The rows of a query by column, read some thousand at a time so that whoever else runs in this thread gets turns. */
export async function readColumns(connection: Connection, sql: string): Promise<ColumnarRows> {
  const described = describedSchema.parse(await connection.query(`describe ${sql}`));
  const names = described.map((column) => column.column_name);
  const columns = described.map(({ column_name: name, column_type: type }) => {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const convert = conversions.find(([pattern]) => pattern.test(type))?.[1];
    return convert?.(quoted) ?? `to_json(${quoted})::varchar`;
  });
  const values = names.map((): Cell[] => []);
  for await (const chunk of connection.chunks(`select ${columns.join(", ")} from (${sql})`)) {
    for (const [index, cells] of chunk.entries()) for (const cell of cells) values[index]?.push(toCell(cell));
  }
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? []]));
}

function toCell(value: unknown): Cell {
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean" ? value : null;
}
