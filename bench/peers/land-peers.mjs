import { DuckDBInstance } from "@duckdb/node-api";

import { landBatch } from "./land-batch.mjs";

// Lands the same files that the peers' first models read: JSON or Parquet of plays, CSV of tracks.
const { DATA_DIR: dataDir, BENCH_PLAYS: plays, BENCH_TRACKS: tracks } = process.env;
const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const connection = await instance.connect();
const history = plays.endsWith(".parquet")
  ? { parquet: plays }
  : { sql: `select * exclude (ip_addr_decrypted, user_agent_decrypted) from read_json('${plays}')` };
await landBatch(connection, { dataDir, table: "plays", name: plays, ...history });
await landBatch(connection, { dataDir, table: "catalogue", name: tracks, sql: `select * from read_csv('${tracks}')` });
connection.closeSync();
instance.closeSync();
