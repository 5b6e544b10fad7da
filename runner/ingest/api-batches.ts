import { readdir } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import type { Connection } from "../warehouse/duckdb.ts";
import { isMissing } from "../warehouse/durable-files.ts";
import { sqlPath } from "./sql-text.ts";

/** Which rows of a table the Web API gave. */
const fromApi = {
  listening_history: "source_kind = 'api'",
  my_tracks_features: "true",
  landings: "source_kind = 'api' or table_name = 'my_tracks_features'",
} as const;

const batchFile = /^[0-9a-f]{16}\.parquet$/;
const found = z.array(z.object({ batch_id: z.string() }));

/**
 * Ids of every batch that Spotify's Web API gave and of which any file lies below bronze, sorted: also of those that were taken out,
 * put together into others, or left by a landing that was killed.
 */
export async function apiBatches(connection: Connection, dataDir: string): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const [table, condition] of Object.entries(fromApi)) {
    const paths = await batchFiles(join(dataDir, "bronze", table));
    if (paths.length === 0) continue;
    // Records of older versions have no source_kind.
    const rows = await connection.query(`
      select distinct parse_filename(filename, true) as batch_id
      from (
          select null::varchar as source_kind where false
          union all by name
          select * from read_parquet([${paths.map(sqlPath).join(", ")}], union_by_name = true, filename = true)
      )
      where ${condition}`);
    for (const { batch_id: id } of found.parse(rows)) ids.add(id);
  }
  return [...ids].toSorted();
}

async function batchFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return names.filter((name) => batchFile.test(name)).map((name) => join(folder, name));
}
