import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { DuckDBInstance } from "@duckdb/node-api";

// What people do by hand: DuckDB writes the tables of gold as CSV, psql replaces the rows of a schema with them in one transaction.
const { BENCH_RELEASE, BENCH_POSTGRES, BENCH_SCHEMA, BENCH_OUTPUT } = process.env;
mkdirSync(BENCH_OUTPUT, { recursive: true });
const instance = await DuckDBInstance.create(BENCH_RELEASE, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
// Postgres reads lists and structs as JSON.
const tables = await connection.runAndReadAll(
  `select table_name, string_agg(
    case when data_type similar to '.*\\]|(MAP|STRUCT)\\(.*' then 'to_json("' || column_name || '")' else '"' || column_name || '"' end,
    ', ' order by column_index
  )
  from duckdb_columns() where schema_name = 'gold' group by table_name`,
);
const statements = ["begin;"];
for (const [table, columns] of tables.getRowsJS()) {
  if (typeof table !== "string" || typeof columns !== "string") throw new Error("A table has no name.");
  const file = join(BENCH_OUTPUT, `${table}.csv`);
  await connection.run(`copy (select ${columns} from gold."${table}") to '${file}' (header false)`);
  statements.push(`delete from ${BENCH_SCHEMA}."${table}";`, `\\copy ${BENCH_SCHEMA}."${table}" from '${file}' csv`);
}
connection.closeSync();
instance.closeSync();
const script = join(BENCH_OUTPUT, "export.sql");
writeFileSync(script, [...statements, "commit;", ""].join("\n"));
execFileSync("psql", [BENCH_POSTGRES, "-q", "-v", "ON_ERROR_STOP=1", "-f", script]);
