import { DuckDBInstance } from "@duckdb/node-api";

import { landBatch } from "./land-batch.mjs";

// Lands the same files that the peers' first models read: JSON or Parquet of plays, CSV of tracks.
const { DATA_DIR: dataDir, BENCH_PLAYS: plays, BENCH_TRACKS: tracks } = process.env;
const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const history = plays.endsWith(".parquet")
  ? { parquet: plays }
  : { sql: `select * exclude (ip_addr_decrypted, user_agent_decrypted) from read_json('${plays}')` };
// Both at once, as files land: most of reading either is one thread's work.
await Promise.all([
  land({ table: "plays", name: plays, ...history }),
  land({ table: "catalogue", name: tracks, sql: `select * from read_csv('${tracks}')` }),
]);
instance.closeSync();

async function land(batch) {
  const connection = await instance.connect();
  await landBatch(connection, { dataDir, ...batch });
  connection.closeSync();
}
