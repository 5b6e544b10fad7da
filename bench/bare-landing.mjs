import { join } from "node:path";

import { DuckDBInstance } from "@duckdb/node-api";

// The lower bound of landing: DuckDB alone, types guessed, nothing checked, nothing dropped.
const files = join(process.env.BENCH_FILES ?? "", "*.json");
const instance = await DuckDBInstance.create(":memory:");
const connection = await instance.connect();
await connection.run(
  `copy (select * from read_json('${files}', format = 'array', union_by_name = true, maximum_object_size = 67108864))
   to '${process.env.BENCH_OUTPUT}' (format parquet)`,
);
connection.closeSync();
instance.closeSync();
