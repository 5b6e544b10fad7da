import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { DuckDBInstance } from "@duckdb/node-api";

// Lands the same files that the peers' first models read: JSON or Parquet of plays, CSV of tracks.
const { DATA_DIR: dataDir, BENCH_PLAYS: plays, BENCH_TRACKS: tracks } = process.env;
const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const connection = await instance.connect();
const reader = plays.endsWith(".parquet") ? "read_parquet" : "read_json";
const history = `select * exclude (ip_addr_decrypted, user_agent_decrypted) from ${reader}('${plays}')`;
await land("plays", plays, history);
await land("catalogue", tracks, `select * from read_csv('${tracks}')`);
connection.closeSync();
instance.closeSync();

async function land(table, name, sql) {
  const id = createHash("sha256").update(name).digest("hex").slice(0, 16);
  for (const folder of [table, "landings"]) mkdirSync(join(dataDir, "bronze", folder), { recursive: true });
  await connection.run(`copy (${sql}) to '${join(dataDir, "bronze", table, `${id}.parquet`)}' (format parquet)`);
  writeFileSync(join(dataDir, "bronze", "landings", `${id}.parquet`), "");
}
