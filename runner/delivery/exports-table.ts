import * as z from "zod";

import type { Postgres } from "./postgres-connection.ts";
import { type Delivery, type TableName, type TableShape, targetName } from "./target-shape.ts";

/** Counts up when the same rows would be written otherwise, so that every table is sent again. */
const format = 1;

/** The release that the target shows: its number, the run that made it, and when the export ended. */
export interface ExportStamp {
  readonly release: number;
  readonly runId: string;
  readonly finishedAt: Date;
}

/** What a former export left: a table, and what was in it. */
export interface ExportedTable extends TableName {
  readonly runId: string;
  readonly contentHash: string;
  /** Of the run whose rows stand there: an older one where the content had not changed since. */
  readonly rowsRunId: string;
}

// Another version of the export wrote other columns.
const text = z.string().catch("");
const exportedRow = z.object({
  table_schema: text,
  table_name: text,
  run_id: text,
  content_hash: text,
  rows_run_id: text,
  format: z.number().nullable().catch(null),
});

/** `meta.exports`: what the export has written, in the same transaction as the rows. */
export function exportsShape(isDemo: boolean): TableShape {
  return {
    ...targetName("meta.exports", isDemo),
    description: "One row per table that the export has written: which release stands here, complete.",
    columns: [
      { name: "table_schema", type: "text", description: "Schema of the table." },
      { name: "table_name", type: "text", description: "Name of the table." },
      { name: "relation", type: "text", description: "Schema and name in the warehouse." },
      { name: "release", type: "integer", description: "Number of the release that the table shows." },
      { name: "run_id", type: "text", description: "Id of the run that made the release." },
      { name: "rows_run_id", type: "text", description: "Id of the run whose rows were sent last." },
      { name: "row_count", type: "bigint", description: "Rows of the table." },
      { name: "content_hash", type: "text", description: "Changes when the content does." },
      { name: "finished_at", type: "timestamp with time zone", description: "When the export of the release ended." },
      { name: "format", type: "integer", description: "Version of the export's way of writing." },
    ],
    keys: [{ kind: "primary", columns: ["table_schema", "table_name"] }],
  };
}

/** What former exports wrote; nothing is taken as sent that another version of the export wrote. */
export async function readExports(postgres: Postgres, isDemo: boolean): Promise<readonly ExportedTable[]> {
  const { schema, name } = exportsShape(isDemo);
  const table = `"${schema}"."${name}"`;
  const found = await postgres.rows(z.object({}), "select where to_regclass($1) is not null", [table]);
  if (found.length === 0) return [];
  const rows = await postgres.rows(
    z.object({ row: exportedRow }),
    `select to_jsonb(exports) as row from ${table} as exports`,
  );
  return rows.map(({ row }) => {
    const isCurrent = row.format === format;
    return {
      schema: row.table_schema,
      name: row.table_name,
      runId: isCurrent ? row.run_id : "",
      contentHash: isCurrent ? row.content_hash : "",
      rowsRunId: isCurrent ? row.rows_run_id : "",
    };
  });
}

/** Writes one row for each table that the target now has. */
export async function writeExports(
  postgres: Postgres,
  { schema, name, columns }: TableShape,
  {
    deliveries,
    stamp,
    rowsRunIdOf,
  }: {
    readonly deliveries: readonly Delivery[];
    readonly stamp: ExportStamp;
    readonly rowsRunIdOf: (delivery: Delivery) => string;
  },
): Promise<void> {
  const into = `"${schema}"."${name}" (${columns.map((column) => column.name).join(", ")})`;
  const values = deliveries.map((delivery) => ({
    table_schema: delivery.shape.schema,
    table_name: delivery.shape.name,
    relation: delivery.relation.relation,
    release: stamp.release,
    run_id: stamp.runId,
    rows_run_id: rowsRunIdOf(delivery),
    row_count: delivery.relation.rows,
    content_hash: delivery.relation.contentHash,
    finished_at: stamp.finishedAt.toISOString(),
    format,
  }));
  await postgres.run(`delete from "${schema}"."${name}"`);
  await postgres.run(
    `insert into ${into} select ${columns.map((column) => `${column.name}::${column.type}`).join(", ")}
    from json_to_recordset($1) as rows (${columns.map((column) => `${column.name} text`).join(", ")})`,
    [JSON.stringify(values)],
  );
}
