import * as z from "zod";

import type { Connection } from "../warehouse/duckdb.ts";
import { batchPath, listBatches } from "./batches.ts";
import { sqlPath } from "./sql-text.ts";

const rejections = z
  .array(z.strictObject({ reason: z.string(), rows: z.int(), first_row: z.int() }).readonly())
  .readonly();

const gaps = z
  .array(z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }))
  .transform((listed) => listed.map(({ from, to }) => ({ from: new Date(from), to: new Date(to) })))
  .readonly();

const landing = z.strictObject({
  batch_id: z.string(),
  table_name: z.string(),
  source_kind: z.string().nullable(),
  account: z.string().nullable(),
  /** Disguised user name; null where the file tells none. */
  person: z.string().nullable(),
  /** Disguised folder the file lay in: files of one export lie together. */
  export_id: z.string().nullable(),
  file: z.string(),
  rows_read: z.int(),
  rows_landed: z.int(),
  rows_rejected: z.int(),
  rejections: z.string().transform((text) => rejections.parse(JSON.parse(text))),
  /** Times of which plays may have gone unseen, as a poll found. */
  gaps: z
    .string()
    .nullable()
    .transform((text) => gaps.parse(JSON.parse(text ?? "[]"))),
  first_ended_at: z.date().nullable(),
  last_ended_at: z.date().nullable(),
  landed_at: z.date(),
});

/** The record of one landed file. */
export type Landing = Readonly<z.infer<typeof landing>>;

/** The records of the batches that count, in the order they landed; columns that a record is too old to have are null. */
export async function readLandings(connection: Connection, dataDir: string): Promise<readonly Landing[]> {
  const ids = (await listBatches(dataDir))["landings"] ?? [];
  if (ids.length === 0) return [];
  const paths = ids.map((id) => sqlPath(batchPath(dataDir, "landings", id)));
  const rows = await connection.query(`
    select ${Object.keys(landing.shape).join(", ")}
    from (
        select
            null::varchar as source_kind, null::varchar as account, null::varchar as person, null::varchar as export_id,
            null::varchar as gaps, null::timestamp as first_ended_at, null::timestamp as last_ended_at
        where false
        union all by name
        select * from read_parquet([${paths.join(", ")}], union_by_name = true)
    )
    order by landed_at, first_ended_at nulls first, file, batch_id`);
  return z.array(landing).parse(rows);
}
