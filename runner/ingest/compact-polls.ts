import { createHash } from "node:crypto";
import { join } from "node:path";

import { makeFolder } from "../warehouse/data-folder.ts";
import { writePrivately } from "../warehouse/durable-files.ts";
import { batchPath, replacesPath } from "./batches.ts";
import { type BatchTarget, commitBatch } from "./commit-batch.ts";
import type { Landing } from "./landings.ts";
import { markReplaced, sweepUnfinished } from "./remove-landings.ts";
import { sqlPath, sqlText } from "./sql-text.ts";

/** From so many batches on those of a period become one: at once when it is over, and now and then in the running month. */
const fewest = { finished: 2, running: 8 } as const;

/**
 * Puts the polls of each finished year, each finished month and, when they are many, of the running month into one batch a table, so
 * that nobody ever reads thousands of files; whether it did. A kill at any moment leaves the old batches or the new one, never both.
 */
export async function compactPolls(landings: readonly Landing[], target: BatchTarget, now: Date): Promise<boolean> {
  const today = now.toISOString().slice(0, 10);
  const groups = new Map<string, Landing[]>();
  for (const landing of landings.filter(({ source_kind: kind }) => kind === "api")) {
    const key = `${periodOf(landing, today)} ${landing.table_name}`;
    groups.set(key, [...(groups.get(key) ?? []), landing]);
  }
  const due = [...groups].filter(([key, { length }]) => {
    const [period = ""] = key.split(" ");
    return length >= (period < today.slice(0, period.length) ? fewest.finished : fewest.running);
  });
  await sweepUnfinished(target.dataDir);
  for (const [, group] of due) await compact(group, target);
  // Also those of a run that was killed before it came to this.
  await markReplaced(target.dataDir);
  return due.length > 0;
}

/** The year in which a batch landed, once that is over, or else the month. */
function periodOf({ landed_at: landedAt }: Landing, today: string): string {
  const month = landedAt.toISOString().slice(0, 7);
  return month.slice(0, 4) < today.slice(0, 4) ? month.slice(0, 4) : month;
}

async function compact(group: readonly Landing[], target: BatchTarget): Promise<void> {
  const { dataDir } = target;
  const [first] = group;
  if (first === undefined) return;
  const ids = group.map(({ batch_id: id }) => id).toSorted();
  const sha256 = createHash("sha256")
    .update(`compacted ${ids.join(" ")}`)
    .digest("hex");
  const batchId = sha256.slice(0, 16);
  const table = first.table_name;
  // Known to listBatches from the moment the record stands: from then on the old batches do not count.
  await makeFolder(join(dataDir, "bronze", "landings"));
  await writePrivately(replacesPath(dataDir, batchId), ids.join("\n"));
  const rows = selectRows(ids, { batchId, table }, dataDir);
  await commitBatch({ batchId, table, rows, record: selectRecord(ids, { batchId, sha256 }, dataDir) }, target);
}

function selectRows(
  ids: readonly string[],
  { batchId, table }: { readonly batchId: string; readonly table: string },
  dataDir: string,
): string {
  const from = parquet(ids, table, dataDir);
  if (table !== "listening_history")
    return `select * replace (${sqlText(batchId)} as batch_id) from ${from} order by fetched_at, track_id`;
  return `select * replace (
    ${sqlText(batchId)} as batch_id,
    row_number() over (order by ended_at, landed_at, batch_id, row_number) as row_number
) from ${from} order by ended_at, row_number`;
}

function selectRecord(
  ids: readonly string[],
  { batchId, sha256 }: { readonly batchId: string; readonly sha256: string },
  dataDir: string,
): string {
  return `select
    ${sqlText(batchId)} as batch_id,
    any_value(table_name) as table_name,
    'api' as source_kind,
    any_value(account) as account,
    null::varchar as person,
    null::varchar as export_id,
    min(file) as file,
    ${sqlText(sha256)} as sha256,
    sum(bytes)::bigint as bytes,
    sum(rows_read)::bigint as rows_read,
    sum(rows_landed)::bigint as rows_landed,
    0::bigint as rows_rejected,
    '[]' as rejections,
    coalesce(
        to_json(flatten(list(from_json(gaps, '[{"from": "VARCHAR", "to": "VARCHAR"}]') order by landed_at)))::varchar,
        '[]'
    ) as gaps,
    min(first_ended_at) as first_ended_at,
    max(last_ended_at) as last_ended_at,
    min(landed_at) as landed_at
from ${parquet(ids, "landings", dataDir)}`;
}

function parquet(ids: readonly string[], table: string, dataDir: string): string {
  const paths = ids.map((id) => sqlPath(batchPath(dataDir, table, id)));
  return `read_parquet([${paths.join(", ")}], union_by_name = true)`;
}
