import { execFileSync } from "node:child_process";

import { DuckDBInstance } from "@duckdb/node-api";

// What people do by hand: DuckDB writes CSV, psql copies it.
const file = process.env.BENCH_OUTPUT;
const instance = await DuckDBInstance.create(process.env.BENCH_RELEASE, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
await connection.run(`copy gold.plays to '${file}' (header false)`);
connection.closeSync();
instance.closeSync();
execFileSync("psql", [process.env.BENCH_POSTGRES, "-q", "-c", `\\copy bare.plays from '${file}' csv`]);
