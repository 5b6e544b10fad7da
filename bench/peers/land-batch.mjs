import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Lands rows as a batch of a data folder: a file of Parquet as it is, or what a SELECT gives, with the batch's id in each row. */
export async function landBatch(connection, { dataDir, table, name, sql, parquet }) {
  const id = createHash("sha256").update(name).digest("hex").slice(0, 16);
  for (const folder of [table, "landings"]) mkdirSync(join(dataDir, "bronze", folder), { recursive: true });
  const path = join(dataDir, "bronze", table, `${id}.parquet`);
  if (parquet !== undefined) copyFileSync(parquet, path);
  else await connection.run(`copy (select *, '${id}' as batch_id from (${sql})) to '${path}' (format parquet)`);
  writeFileSync(join(dataDir, "bronze", "landings", `${id}.parquet`), "");
}
