import { DuckDBInstance } from "@duckdb/node-api";

import { landBatch } from "./land-batch.mjs";

// Lands all plays but 10,000, and the catalogue, in one folder and those 10,000 in another: the newest, or some of every seventh month.
const {
  BENCH_PLAYS: plays,
  BENCH_TRACKS: tracks,
  BENCH_CHOICE: choice,
  BENCH_BASE: base,
  BENCH_NEW: later,
} = process.env;
const order = {
  newest: "ts desc, file_row_number",
  scattered: "datediff('month', timestamp '1970-01-01', ts) % 7, hash(file_row_number)",
}[choice];
const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const connection = await instance.connect();
await connection.run(`create table plays as
  select * exclude (ip_addr_decrypted, user_agent_decrypted), row_number() over (order by ${order}) <= 10000 as is_later
  from read_parquet('${plays}', file_row_number = true)`);
const rows = (is) => `select * exclude (is_later, file_row_number) from plays where ${is} order by file_row_number`;
await landBatch(connection, { dataDir: base, table: "plays", name: "base", sql: rows("not is_later") });
await landBatch(connection, {
  dataDir: base,
  table: "catalogue",
  name: tracks,
  sql: `select * from read_csv('${tracks}')`,
});
await landBatch(connection, { dataDir: later, table: "plays", name: "later", sql: rows("is_later") });
const counted = await connection.runAndReadAll(
  `select count(distinct date_trunc('month', ts)) filter (is_later), count(distinct date_trunc('month', ts)) from plays`,
);
process.stdout.write(counted.getRows()[0].join(" of "));
connection.closeSync();
instance.closeSync();
