import { DuckDBInstance } from "@duckdb/node-api";

// What people do by hand.
const instance = await DuckDBInstance.create(process.env.BENCH_RELEASE, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
await connection.run(`copy gold.plays to '${process.env.BENCH_OUTPUT}' (format parquet, compression zstd)`);
connection.closeSync();
instance.closeSync();
