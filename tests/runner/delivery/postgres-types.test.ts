import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { publishGold } from "../../support/gold-release.ts";
import { exportOf } from "../../support/postgres-export.ts";
import { query, startTestPostgres, type TestPostgres } from "../../support/postgres.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

interface Case {
  readonly type: string;
  readonly name?: string;
  readonly values: readonly string[];
  readonly becomes: string;
  readonly texts: readonly (string | null)[];
}

const cases: readonly Case[] = [
  { type: "boolean", values: ["true", "false", "null"], becomes: "boolean", texts: ["true", "false", null] },
  { type: "utinyint", values: ["255"], becomes: "smallint", texts: ["255"] },
  { type: "integer", values: ["-2147483648"], becomes: "integer", texts: ["-2147483648"] },
  { type: "uinteger", values: ["4294967295"], becomes: "bigint", texts: ["4294967295"] },
  {
    type: "bigint",
    values: ["9223372036854775807", "-9223372036854775808", "9007199254740993"],
    becomes: "bigint",
    texts: ["9223372036854775807", "-9223372036854775808", "9007199254740993"],
  },
  { type: "ubigint", values: ["18446744073709551615"], becomes: "numeric(20,0)", texts: ["18446744073709551615"] },
  {
    type: "hugeint",
    values: ["170141183460469231731687303715884105727"],
    becomes: "numeric(39,0)",
    texts: ["170141183460469231731687303715884105727"],
  },
  {
    type: "decimal(38,2)",
    values: ["123456789012345678901234567890123456.10", "-0.01"],
    becomes: "numeric(38,2)",
    texts: ["123456789012345678901234567890123456.10", "-0.01"],
  },
  {
    type: "double",
    values: ["0.1", "5e-324", "1.7976931348623157e308", "'nan'", "'inf'", "'-inf'", "'-0.0'", "0.1 + 0.2::double"],
    becomes: "double precision",
    texts: ["0.1", "5e-324", "1.7976931348623157e+308", "NaN", "Infinity", "-Infinity", "-0", "0.30000000000000004"],
  },
  { type: "float", values: ["0.1", "'nan'"], becomes: "real", texts: ["0.1", "NaN"] },
  {
    type: "varchar",
    values: [
      "''",
      "null",
      "'null'",
      "'\"'",
      String.raw`'\.'`,
      String.raw`'a\nb,c''d'`,
      "chr(10) || chr(13) || chr(9) || ','",
      "'日本語 🎧 e' || chr(769)",
      "' padded '",
    ],
    becomes: "text",
    texts: ["", null, "null", '"', "\\.", "a\\nb,c'd", "\n\r\t,", "日本語 🎧 e\u0301", " padded "],
  },
  {
    type: "date",
    values: ["date '2024-02-29'", "date '0044-03-15 (BC)'", "'infinity'", "'-infinity'", "null", "date '12345-01-02'"],
    becomes: "date",
    texts: ["2024-02-29", "0044-03-15 BC", "infinity", "-infinity", null, "12345-01-02"],
  },
  {
    type: "timestamp",
    name: "played_at",
    values: ["timestamp '2024-03-31 02:30:00.123456'", "'infinity'", "timestamp '0044-03-15 (BC) 10:00:00'", "null"],
    becomes: "timestamp with time zone",
    texts: ["2024-03-31 02:30:00.123456+00", "infinity", "0044-03-15 10:00:00+00 BC", null],
  },
  {
    type: "timestamp",
    name: "played_local",
    values: ["timestamp '2024-03-31 02:30:00'"],
    becomes: "timestamp without time zone",
    texts: ["2024-03-31 02:30:00"],
  },
  {
    type: "timestamptz",
    values: ["timestamptz '2024-06-01 10:00:00+02'"],
    becomes: "timestamp with time zone",
    texts: ["2024-06-01 08:00:00+00"],
  },
  { type: "time", values: ["time '23:59:59.999999'"], becomes: "time without time zone", texts: ["23:59:59.999999"] },
  {
    type: "interval",
    values: ["interval '14 months 3 days 4.5 seconds'", "interval '-3 days -2 hours'"],
    becomes: "interval",
    texts: ["1 year 2 mons 3 days 00:00:04.5", "-3 days -02:00:00"],
  },
  {
    type: "uuid",
    values: ["'6f1c0b0e-0000-5000-8000-000000000001'"],
    becomes: "uuid",
    texts: ["6f1c0b0e-0000-5000-8000-000000000001"],
  },
  { type: "blob", values: [String.raw`'\x00\xFFa'::blob`, "''::blob"], becomes: "bytea", texts: ["\\x00ff61", "\\x"] },
  { type: "enum('calm', 'a,\"b')", values: ["'a,\"b'"], becomes: "text", texts: ['a,"b'] },
  {
    type: "varchar[]",
    values: ["['a', null, 'b\"c' || chr(10)]", "[]", "null"],
    becomes: "jsonb",
    texts: [String.raw`["a", null, "b\"c\n"]`, "[]", null],
  },
  {
    type: "struct(big hugeint, day timestamp, share decimal(10, 3), inner_list integer[])",
    values: [
      "{'big': 170141183460469231731687303715884105727, 'day': '2024-01-01 10:00:00', 'share': 0.125, 'inner_list': [1]}",
    ],
    becomes: "jsonb",
    texts: [
      '{"big": 170141183460469231731687303715884105727, "day": "2024-01-01 10:00:00", "share": 0.125, "inner_list": [1]}',
    ],
  },
  {
    type: "double[]",
    values: ["[1.5, 2]", "[1.5, 'nan'::double, 'inf'::double, '-inf'::double]"],
    becomes: "jsonb",
    texts: ["[1.5, 2.0]", '["1.5", "nan", "inf", "-inf"]'],
  },
  { type: "map(integer, varchar)", values: ["map {1: 'a'}"], becomes: "jsonb", texts: ['{"1": "a"}'] },
  { type: "json", values: [`'{"a": [1, "x"]}'`], becomes: "jsonb", texts: ['{"a": [1, "x"]}'] },
  {
    type: "varchar[]",
    values: [String.raw`['a text that speaks of \u0000']`],
    becomes: "jsonb",
    texts: [String.raw`["a text that speaks of \\u0000"]`],
  },
];

let server: TestPostgres;
let folder = "";
let url = "";

before(async () => {
  server = await startTestPostgres();
  url = await server.database();
  // What a server may be set to must not matter.
  await query(url, "alter database test_1 set timezone to 'Asia/Kolkata'");
  await query(url, "alter database test_1 set datestyle to 'SQL, DMY'");
  await query(url, "alter database test_1 set intervalstyle to 'sql_standard'");
  await query(url, "alter database test_1 set default_transaction_read_only to on");
  folder = await mkdtemp(join(tmpdir(), "tonearm-types-"));
  const tables = cases.flatMap(({ type, name = "cell", values }, index) => [
    `create table gold.case_${index} (${name} ${type})`,
    `insert into gold.case_${index} values ${values.map((value) => `(${value})`).join(", ")}`,
  ]);
  const doubles =
    "create table gold.doubles as select i, sin(i) * pow(10.0, (i % 600) - 300) as value from range(1, 5001) as r(i)";
  await publishGold(folder, "run-1", ...tables, doubles);
  await exportOf(folder, url);
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

for (const [index, { type, name = "cell", becomes, texts }] of cases.entries()) {
  test(`${name} ${type} becomes ${becomes} with every value kept`, async () => {
    const iso = `${url}?options=${encodeURIComponent("-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres")}`;
    const rows = await query(iso, `select ${name}::text as text from gold.case_${index} order by ctid`);
    const [column] = await query(
      url,
      `select format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = 'gold.case_${index}'::regclass and attnum = 1`,
    );
    assert.equal(column?.["type"], becomes);
    assert.deepEqual(
      rows.map(({ text }) => text),
      texts,
    );
  });
}

test("every double keeps its bits", async () => {
  const sent = await query(url, "select value from gold.doubles order by i");
  const made = await withDuckDB({ path: join(folder, "warehouse.duckdb"), readOnly: true }, async (database) =>
    (await database.connect()).query("select value from gold.doubles order by i"),
  );
  assert.equal(sent.length, 5000);
  assert.deepEqual(sent, made);
});

test("every row of a table of several batches, some of them deleted, and of a view arrives once", async () => {
  await inScratchFolder(async (dataDir) => {
    const other = await server.database();
    await publishGold(
      dataDir,
      "run-1",
      "create table gold.numbers as select range as number, 'n' || range as name from range(300000)",
      "delete from gold.numbers where number % 1000 = 7 or number between 130000 and 250000",
      "create view gold.small_numbers as select number from gold.numbers where number < 5000",
    );
    const kept = "number % 1000 != 7 and number not between 130000 and 250000";
    const results = await exportOf(dataDir, other);
    assert.deepEqual(
      results.sent.map(({ table }) => table),
      ["gold.numbers", "gold.small_numbers"],
    );
    for (const [table, last] of [
      ["numbers", 299_999],
      ["small_numbers", 4999],
    ] as const) {
      const expected = `select number from generate_series(0, ${last}) as numbers(number) where ${kept}`;
      assert.deepEqual(
        await query(
          other,
          `select (select count(*) from gold.${table})::int - (select count(*) from (${expected}) as expected)::int as more,
            (select count(*) from (${expected} except select number from gold.${table}) as missing)::int as missing`,
        ),
        [{ more: 0, missing: 0 }],
      );
    }
  });
});

for (const [value, what] of [
  ["'calm' || chr(0)", "varchar"],
  ["['calm' || chr(0)]", "varchar[]"],
] as const) {
  test(`a NUL byte in ${what} is refused with its row and column`, async () => {
    await inScratchFolder(async (dataDir) => {
      const other = await server.database();
      await publishGold(
        dataDir,
        "run-1",
        `create table gold.songs as select 1 as song_id, null as title union all select 2, ${value}`,
      );
      await assert.rejects(
        exportOf(dataDir, other),
        /^ProjectError: gold\.songs row 2 holds a NUL byte in title, which Postgres stores nowhere\n\nTake it out/,
      );
      assert.deepEqual(await query(other, "select to_regclass('gold.songs') as found"), [{ found: null }]);
    });
  });
}

test("a type and a name that Postgres cannot hold are named, all at once", async () => {
  await inScratchFolder(async (dataDir) => {
    const other = await server.database();
    const long = "x".repeat(64);
    await publishGold(dataDir, "run-1", `create table gold.songs (played_at timestamp_ns, ${long} integer)`);
    await assert.rejects(exportOf(dataDir, other), (error: Error) => {
      assert.match(error.message, /gold\.songs 'x{64}' is longer than the 63 bytes of a name in Postgres/);
      assert.match(error.message, /gold\.songs played_at is TIMESTAMP_NS, which Postgres cannot hold without loss/);
      return true;
    });
  });
});
