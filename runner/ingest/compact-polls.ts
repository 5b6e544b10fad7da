import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";

import { batchPath, removalPath, removedBatches, replacedBatches, replacesPath } from "./batches.ts";
import { type BatchTarget, commitBatch } from "./commit-batch.ts";
import type { Landing } from "./landings.ts";
import { privateFolder } from "./private-folder.ts";
import { sqlPath, sqlText } from "./sql-text.ts";

/** Fewer batches than this of one period are left as they are. */
const fewest = 2;

/**
 * Puts the polls of each finished month into one batch, and those of each finished day of the running month, so that a
 * build never reads thousands of files. A kill at any moment leaves the old batches or the new one, never both.
 */
export async function compactPolls(landings: readonly Landing[], target: BatchTarget, now: Date): Promise<void> {
  const today = now.toISOString().slice(0, 10);
  const groups = new Map<string, Landing[]>();
  for (const landing of landings) {
    const landedOn = landing.landed_at.toISOString().slice(0, 10);
    if (landing.source_kind !== "api" || landedOn >= today) continue;
    const isPastMonth = landedOn.slice(0, 7) < today.slice(0, 7);
    const key = `${landing.table_name} ${isPastMonth ? landedOn.slice(0, 7) : landedOn}`;
    groups.set(key, [...(groups.get(key) ?? []), landing]);
  }
  for (const group of groups.values()) if (group.length >= fewest) await compact(group, target);
  // Also those of a run that was killed before it came to this; their files go when no release reads them.
  const marked = new Set(await removedBatches(target.dataDir));
  for (const id of await replacedBatches(target.dataDir))
    if (!marked.has(id)) await writeFile(removalPath(target.dataDir, id), "", { mode: 0o600 });
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
  const isHistory = table === "listening_history";
  const position = isHistory ? "row_number" : "track_id";
  const order = isHistory ? "ended_at, batch_id, row_number" : "fetched_at, batch_id, track_id";
  const numbered = isHistory ? `, row_number() over (order by ${order}) as row_number` : "";
  const rows = `select * replace (${sqlText(batchId)} as batch_id${numbered}) from ${parquet(ids, table, dataDir)} order by ${position}`;
  // Known to listBatches from the moment the record stands: from then on the old batches do not count.
  await privateFolder(`${dataDir}/bronze/landings`);
  await writeFile(replacesPath(dataDir, batchId), ids.join("\n"), { mode: 0o600 });
  await commitBatch({ batchId, table, rows, record: selectRecord(ids, { batchId, sha256 }, dataDir) }, target);
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
    any_value(file) as file,
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
