import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type BatchTarget, commitBatch } from "./commit-batch.ts";
import { privateFolder } from "./private-folder.ts";
import { rowsBatch, type RowsToLand } from "./rows-batch.ts";
import { sqlPath, sqlText, sqlTimestamp } from "./sql-text.ts";

/** Lands rows that come from no file as a batch of their own, also where such rows landed before and were taken out, and gives its id. */
export async function landRows(landing: RowsToLand, target: BatchTarget): Promise<string> {
  const { table, kind, file, rows, account, landedAt } = landing;
  const text = JSON.stringify(rows);
  const { sha256, batchId } = rowsBatch(landing);
  const origin = { batch_id: batchId, file, account, source_kind: kind, landed_at: timestampText(landedAt) };
  const position = table === "listening_history" ? "row_number" : null;
  const whole = rows.map((row, index) => ({ ...origin, ...(position !== null && { [position]: index + 1 }), ...row }));
  const path = join(target.workspace, "rows.json");
  await privateFolder(target.workspace);
  await writeFile(path, JSON.stringify(whole), { mode: 0o600 });
  const columns = (target.tables[table] ?? []).map(({ name, dataType }) => `${sqlText(name)}: ${sqlText(dataType)}`);
  const source = `read_json(${sqlPath(path)}, format = 'array', columns = {${columns.join(", ")}})`;
  const record = selectRecord(landing, { batchId, sha256, bytes: Buffer.byteLength(text), source });
  await commitBatch({ batchId, table, rows: `select * from ${source}`, record }, target);
  await rm(path);
  return batchId;
}

function selectRecord(
  { table, kind, file, rows, gaps, account, landedAt }: RowsToLand,
  content: { readonly batchId: string; readonly sha256: string; readonly bytes: number; readonly source: string },
): string {
  const ends = table === "listening_history" ? "ended_at" : "null::timestamp";
  const listed = gaps.map(({ from, to }) => ({ from: from.toISOString(), to: to.toISOString() }));
  return `select
    ${sqlText(content.batchId)} as batch_id,
    ${sqlText(table)} as table_name,
    ${sqlText(kind)} as source_kind,
    ${sqlText(account)} as account,
    null::varchar as person,
    null::varchar as export_id,
    ${sqlText(file)} as file,
    ${sqlText(content.sha256)} as sha256,
    ${content.bytes}::bigint as bytes,
    ${rows.length}::bigint as rows_read,
    ${rows.length}::bigint as rows_landed,
    0::bigint as rows_rejected,
    '[]' as rejections,
    ${sqlText(JSON.stringify(listed))} as gaps,
    min(${ends}) as first_ended_at,
    max(${ends}) as last_ended_at,
    ${sqlTimestamp(landedAt)} as landed_at
from ${content.source}`;
}

/** A moment as DuckDB reads it into a TIMESTAMP, UTC. */
export function timestampText(moment: Date): string {
  return moment.toISOString().replace("T", " ").replace("Z", "");
}
