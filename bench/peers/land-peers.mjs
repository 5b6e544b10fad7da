import { readFileSync } from "node:fs";
import { join } from "node:path";

import { DuckDBInstance } from "@duckdb/node-api";
import { parse } from "yaml";

import { landBatch } from "./land-batch.mjs";

// Lands the same files that the peers' first models read: JSON or Parquet of plays, CSV of tracks. As when the runner lands files, the columns
// are those that the sources declare, and no type is guessed.
const { DATA_DIR: dataDir, BENCH_PLAYS: plays, BENCH_TRACKS: tracks } = process.env;
const { sources } = parse(readFileSync(join(import.meta.dirname, "project.yml"), "utf8"));
const history = plays.endsWith(".parquet")
  ? { parquet: plays }
  : { sql: `select * from read_json('${plays}', format = 'array', columns = {${declared("plays")}})` };
const csv = `header = true, delim = ',', quote = '"', escape = '"', auto_detect = false`;
const catalogue = `select * exclude (line) from read_csv('${tracks}', ${csv}, columns = {'line': 'BIGINT', ${declared("catalogue")}})`;

const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
// Both at once, as files land: most of reading either is one thread's work.
await Promise.all([
  land({ table: "plays", name: plays, ...history }),
  land({ table: "catalogue", name: tracks, sql: catalogue }),
]);
instance.closeSync();

function declared(table) {
  const { columns } = sources[0].tables.find(({ name }) => name === table);
  const landed = columns.filter(({ name }) => name !== "batch_id");
  return landed.map(({ name, data_type: type }) => `'${name}': '${type}'`).join(", ");
}

async function land(batch) {
  const connection = await instance.connect();
  await landBatch(connection, { dataDir, ...batch });
  connection.closeSync();
}
