import assert from "node:assert/strict";
import { test } from "node:test";

import { renderHiveTables } from "../../../runner/delivery/hive-tables.ts";
import { hiveCell, hiveType } from "../../../runner/delivery/hive-types.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";

/** A value of DuckDB, its type there, its type in Trino, and what becomes of it in the file. */
const types: readonly (readonly [value: string, duckdb: string, trino: string, written: string])[] = [
  ["true", "BOOLEAN", "boolean", "BOOLEAN"],
  ["1::utinyint", "UTINYINT", "smallint", "SMALLINT"],
  ["1::uinteger", "UINTEGER", "bigint", "BIGINT"],
  ["1::ubigint", "UBIGINT", "decimal(20,0)", "DECIMAL(20,0)"],
  ["170141183460469::hugeint", "HUGEINT", "decimal(38,0)", "DECIMAL(38,0)"],
  ["1.25::decimal(12, 2)", "DECIMAL(12,2)", "decimal(12,2)", "DECIMAL(12,2)"],
  ["'nan'::double", "DOUBLE", "double", "DOUBLE"],
  ["1.5::float", "FLOAT", "real", "FLOAT"],
  ["date '2026-11-27'", "DATE", "date", "DATE"],
  ["timestamp '2026-11-27 10:11:12.123456'", "TIMESTAMP", "timestamp(6)", "TIMESTAMP"],
  ["timestamptz '2026-11-27 10:11:12+02'", "TIMESTAMP WITH TIME ZONE", "timestamp(6)", "TIMESTAMP"],
  ["time '10:11:12'", "TIME", "varchar", "VARCHAR"],
  ["interval 2 day", "INTERVAL", "varchar", "VARCHAR"],
  ["'a'::enum ('a', 'b')", "ENUM('a', 'b')", "varchar", "VARCHAR"],
  ["'ü'", "VARCHAR", "varchar", "VARCHAR"],
  ["[1, null]", "INTEGER[]", "array(integer)", "INTEGER[]"],
  ["[[1::hugeint]]", "HUGEINT[][]", "array(array(decimal(38,0)))", "DECIMAL(38,0)[][]"],
  ["map {'a': time '10:00:00'}", "MAP(VARCHAR, TIME)", "map(varchar, varchar)", "MAP(VARCHAR, VARCHAR)"],
  [
    `{'a': 1, 'b, (c)': [{'d': 1.50}]}`,
    `STRUCT(a INTEGER, "b, (c)" STRUCT(d DECIMAL(3,2))[])`,
    `row(a integer, "b, (c)" array(row(d decimal(3,2))))`,
    `STRUCT(a INTEGER, "b, (c)" STRUCT(d DECIMAL(3,2))[])`,
  ],
];

test("every type of DuckDB has one in Trino, and the file has the values for it", () =>
  withDuckDB({}, async (database) => {
    const connection = await database.connect();
    for (const [value, duckdb, trino, written] of types) {
      assert.deepEqual(hiveType(duckdb), { trino, duckdb: written }, value);
      const [row] = await connection.query(
        `select typeof(x) as is_of, typeof(${hiveCell({ name: "x", type: duckdb })}) as is_written from (select ${value} as x)`,
      );
      assert.deepEqual(row, { is_of: duckdb, is_written: written }, value);
    }
  }));

test("relations are registered as external tables below the folder of the current release", () => {
  const text = renderHiveTables([
    {
      relation: "gold.songs",
      description: "It's\na song",
      columns: [
        { name: "song_id", type: "BIGINT", description: "" },
        { name: "order", type: "VARCHAR[]", description: "Its 'order'" },
      ],
      rows: 3,
      contentHash: "",
      keys: [],
    },
    { relation: "silver.plays", description: "", columns: [], rows: 0, contentHash: "", keys: [] },
  ]);
  assert.equal(
    text.slice(text.indexOf("\n\n") + 2),
    `create schema if not exists "gold";

create schema if not exists "silver";

drop table if exists "gold"."songs";
create table "gold"."songs" (
    "song_id" bigint,
    "order" array(varchar) comment 'Its ''order'''
) comment 'It''s a song'
with (external_location = 'local:///current/gold/songs', format = 'PARQUET');

drop table if exists "silver"."plays";
create table "silver"."plays" (

)
with (external_location = 'local:///current/silver/plays', format = 'PARQUET');
`,
  );
});
