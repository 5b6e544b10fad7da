import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { from as copyFrom } from "pg-copy-streams";

import { ProjectError } from "../diagnostics.ts";
import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { type ExportRelation, quote, quoteRelation } from "./export-relation.ts";
import type { Postgres } from "./postgres-connection.ts";
import { type PostgresType, postgresType } from "./postgres-types.ts";

/** What is sent holds a NUL byte somewhere. */
class NulByteError extends Error {}

/** Streams all rows of a relation into Postgres by a COPY statement that takes CSV; gives how many it took. */
export async function copyRows(
  relation: ExportRelation,
  copy: string,
  { source, postgres }: { readonly source: Connection; readonly postgres: Postgres },
): Promise<number> {
  // JSON escapes what it holds, and what looks escaped may be a text: of all else the bytes tell.
  const isJson = (column: ExportRelation["columns"][number]): boolean => postgresType(column)?.type === "jsonb";
  await refuseNul(source, relation, relation.columns.filter(isJson));
  const cells = relation.columns.flatMap((column) => {
    const mapped = postgresType(column);
    return mapped === undefined ? [] : [csvCell(mapped, quote(column.name))];
  });
  const lines = source.texts(`select concat_ws(',', ${cells.join(", ")}) from ${quoteRelation(relation.relation)}`);
  const taken = postgres.client.query(copyFrom(copy));
  try {
    await pipeline(Readable.from(chunks(lines), { objectMode: true, highWaterMark: 4 }), taken);
  } catch (error) {
    if (error instanceof NulByteError) await refuseNul(source, relation, relation.columns);
    throw error;
  }
  return taken.rowCount;
}

/** Text is always quoted, so that an empty text is told from a null. */
function csvCell({ text, isFree }: PostgresType, column: string): string {
  const cell = text(column);
  return `coalesce(${isFree ? `'"' || replace(${cell}, '"', '""') || '"'` : cell}, '')`;
}

async function* chunks(lines: AsyncIterable<readonly string[]>): AsyncGenerator<Buffer> {
  for await (const some of lines) {
    const bytes = Buffer.from(`${some.join("\n")}\n`);
    if (bytes.includes(0)) throw new NulByteError("There is a NUL byte.");
    yield bytes;
  }
}

/** Names the first row and column with a NUL byte, if there is one in these columns. */
async function refuseNul(
  source: Connection,
  { relation }: ExportRelation,
  columns: ExportRelation["columns"],
): Promise<void> {
  const checks = columns.flatMap((column) => {
    const hasNul = postgresType(column)?.hasNul?.(quote(column.name));
    return hasNul === undefined ? [] : [{ name: column.name, hasNul }];
  });
  if (checks.length === 0) return;
  const anywhere = checks.map(({ hasNul }) => hasNul).join(" or ");
  const whose = checks.map(({ name, hasNul }) => `when ${hasNul} then '${name.replaceAll("'", "''")}'`).join(" ");
  const [found] = await source.query(
    `select row, case ${whose} end as name
    from (select *, row_number() over () as row from ${quoteRelation(relation)}) where ${anywhere} limit 1`,
  );
  if (found === undefined) return;
  const name = cellText(found["name"]);
  const message = `row ${cellText(found["row"])} holds a NUL byte in ${name}, which Postgres stores nowhere`;
  const hint = `Take it out in the model, for example by replace(${name}, chr(0), '').`;
  throw new ProjectError([{ path: relation, message, hint }], 1);
}
