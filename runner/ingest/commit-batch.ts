import { chmod, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import type { Connection, Row } from "../warehouse/duckdb.ts";
import { sync } from "../warehouse/durable-files.ts";
import { batchPath, removalPath } from "./batches.ts";
import { checkColumns, type Column, type DeclaredTables } from "./check-columns.ts";
import { privateFolder } from "./private-folder.ts";
import { sqlPath, sqlText } from "./sql-text.ts";

/** Where batches are written, and what they have to look like. */
export interface BatchTarget {
  readonly connection: Connection;
  readonly dataDir: string;
  /** Private folder inside the data folder, hence on the same file system. */
  readonly workspace: string;
  readonly tables: DeclaredTables;
}

export interface Batch {
  readonly batchId: string;
  readonly table: string;
  /** SELECT of its rows. */
  readonly rows: string;
  /** SELECT of its landing record. */
  readonly record: string;
}

/** Puts a batch's rows in place, then the record that makes them count; a crash between the two leaves nothing that counts. */
export async function commitBatch({ batchId, table, rows, record }: Batch, target: BatchTarget): Promise<void> {
  const writtenRows = await writeParquet(rows, table, target);
  const writtenRecord = await writeParquet(record, "landings", target);
  const bronze = join(target.dataDir, "bronze");
  for (const folder of [bronze, join(bronze, table), join(bronze, "landings")]) await privateFolder(folder);
  await rename(writtenRows, batchPath(target.dataDir, table, batchId));
  await rename(writtenRecord, batchPath(target.dataDir, "landings", batchId));
  // What was taken out and lands again counts again.
  await rm(removalPath(target.dataDir, batchId), { force: true });
}

/** Writes a table's Parquet into the workspace, compares it with the declared columns, and brings it safely to the disk. */
async function writeParquet(select: string, table: string, target: BatchTarget): Promise<string> {
  const { connection, workspace, tables } = target;
  const path = join(workspace, `${table}.parquet`);
  await connection.run(`copy (${select}) to ${sqlText(path)} (format parquet, compression zstd)`);
  checkColumns(
    table,
    (await connection.query(`describe select * from read_parquet(${sqlPath(path)})`)).map(toColumn),
    tables,
  );
  await chmod(path, 0o600);
  await sync(path);
  return path;
}

function toColumn(described: Row): Column {
  const { column_name: name, column_type: dataType } = described;
  if (typeof name !== "string" || typeof dataType !== "string")
    throw new Error("DuckDB described a column without a name or type.");
  return { name, dataType };
}
