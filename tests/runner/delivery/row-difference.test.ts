import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { manifestTest, publishGold } from "../../support/gold-release.ts";
import { exportOf } from "../../support/postgres-export.ts";
import { query, startTestPostgres, type TestPostgres } from "../../support/postgres.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

const rows = 1200;
/** Columns of every kind, with the values that a comparison may take for each other. */
const cells: Readonly<Record<string, readonly string[]>> = {
  wide: [
    "0.0::double",
    "'-0.0'::double",
    "'nan'::double",
    "'-inf'::double",
    "null",
    "0.1::double",
    "0.30000000000000004::double",
  ],
  narrow: ["0.0::float", "'-0.0'::float", "null", "0.1::float"],
  title: ["''", "null", "'a\"b,c'", "chr(10)", "'Ä 🎧'", "'ä 🎧'", "' '", "repeat('long ', 800)"],
  span: ["interval '1 month'", "interval '30 days'", "interval '720 hours'", "null"],
  played_at: [
    "timestamp '2024-03-31 02:30:00'",
    "timestamp '2024-03-31 02:30:00.000001'",
    "'infinity'::timestamp",
    "null",
  ],
  share: ["1.00::decimal(9, 2)", "1.01::decimal(9, 2)", "null"],
  bytes: [String.raw`'\x00'::blob`, "''::blob", "null"],
  moods: ["['calm', null]", "['calm']", "[]::varchar[]", "null"],
  weights: ["[0.0::double]", "['-0.0'::double]", "['nan'::double]", "null"],
  place: [
    "{'hour': 1, 'share': 0.0::double}",
    "{'hour': 1, 'share': '-0.0'::double}",
    "{'hour': null, 'share': null}",
    "null",
  ],
  document: [`'{"a":1}'::json`, `'{"a":  2}'::json`, "null"],
  kind: ["'calm'::enum('calm', 'loud')", "'loud'::enum('calm', 'loud')", "null"],
};
const keys: Readonly<Record<string, readonly string[]>> = {
  numbered: ["i as song_id"],
  worded: [String.raw`['\', '"', ',', '{}', 'NULL', '', ' '][1 + i % 7] || if(i = 60, '', i::varchar) as word`],
  dated: ["'day ' || (i % 40) as name", "date '2024-01-01' + (i // 40)::integer as play_date"],
  unkeyed: ["i % 100 as song_id"],
};
const keyTests = [
  manifestTest("gold.numbered", { kind: "unique", columns: ["song_id"] }),
  manifestTest("gold.worded", { kind: "unique", columns: ["word"] }),
  manifestTest("gold.dated", { kind: "unique", columns: ["name", "play_date"] }),
];

/** Statements that make each table; a later version has other rows gone, come, and changed in some cells. */
function lifeOf(seed: number, version: number): readonly string[] {
  const chance = (...parts: readonly string[]): string => `hash(${[`'seed ${seed}'`, "i", ...parts].join(", ")})`;
  const columns = Object.entries(cells).map(([name, values]) => {
    const edition = `if(${chance(`'${name}'`, "'changes'")} % 100 = 0, ${version}, 1)`;
    return `[${values.join(", ")}][1 + (${chance(`'${name}'`, edition)} % ${values.length})::integer] as ${name}`;
  });
  const range = `range(${version * 20}, ${rows + version * 30}) as numbers(i) where ${chance(`'${version}'`)} % 20 != 0`;
  const tables = Object.entries(keys).map(
    ([name, key]) => `create or replace table gold.${name} as select ${[...key, ...columns].join(", ")} from ${range}`,
  );
  return [...tables, relationsOf(version, Object.keys(keys))];
}

/** What a build writes down of its tables. */
function relationsOf(version: number, tables: readonly string[]): string {
  const told = tables.map(
    (name) =>
      `select 'gold.${name}' as relation, count(*) as row_count, 'hash ${version}' as content_hash from gold.${name}`,
  );
  return `create or replace table meta.relations as ${told.join(" union all ")}`;
}

async function contentOf(url: string, table: string): Promise<readonly unknown[]> {
  const columns = await query(
    url,
    `select quote_ident(column_name) as name from information_schema.columns where table_schema = 'gold' and table_name = '${table}' order by 1`,
  );
  const found = await query(
    url,
    `select row(${columns.map(({ name }) => String(name)).join(", ")})::text as row from gold.${table} order by 1`,
  );
  return found.map(({ row }) => row);
}

/** Numbers of rows by who wrote them, oldest first. */
async function writersOf(url: string, table: string): Promise<readonly number[]> {
  const sql = `select count(*)::int as rows from gold.${table} group by xmin order by min(xmin::text::bigint)`;
  return (await query(url, sql)).map(({ rows: count }) => Number(count));
}

/** Whether every table holds what an export of the same release into an empty database writes. */
async function assertWhole(dataDir: string, url: string): Promise<void> {
  const other = await server.database();
  await exportOf(dataDir, other, { tests: keyTests });
  for (const table of Object.keys(keys)) assert.deepEqual(await contentOf(url, table), await contentOf(other, table));
}

/** Whether `gold.numbered` holds what the release does. */
async function assertSongs(dataDir: string, url: string): Promise<void> {
  const sql = "select song_id::integer as song_id, length, title from gold.numbered order by song_id, title";
  const released = await withDuckDB({ path: join(dataDir, "warehouse.duckdb"), readOnly: true }, async (database) =>
    (await database.connect()).query(sql),
  );
  assert.deepEqual(await query(url, sql), released);
}

for (const seed of [1, 2]) {
  test(`only rows that differ are sent, and each table becomes what a whole export writes (${seed})`, async () => {
    await inScratchFolder(async (dataDir) => {
      const url = await server.database();
      await publishGold(dataDir, "run-1", ...lifeOf(seed, 1));
      await exportOf(dataDir, url, { tests: keyTests });
      await publishGold(dataDir, "run-2", ...lifeOf(seed, 2));
      const { sent } = await exportOf(dataDir, url, { tests: keyTests });
      await assertWhole(dataDir, url);
      for (const table of ["numbered", "worded", "dated"]) {
        const [kept = 0, written = 0, ...others] = await writersOf(url, table);
        assert.ok(kept > rows / 2 && written > 50, `${kept} and ${written} rows`);
        assert.deepEqual(others, []);
        assert.ok(sent.some((found) => found.table === `gold.${table}` && found.rows === written));
      }
      assert.equal((await writersOf(url, "unkeyed")).length, 1);
    });
  });
}

const songs = (run: number, ...statements: readonly string[]): readonly string[] => [
  `create or replace table gold.numbered as select range as song_id, (0.1 + range)::double as length, 'old' as title from range(${rows})`,
  ...statements,
  relationsOf(run, ["numbered"]),
];
const third = "update gold.numbered set title = 'new' where song_id % 3 = 0";

/** A target that shows the first release, and a second one with other titles; gives how many rows the export of it sent. */
async function afterBoth(
  between: (dataDir: string, url: string) => Promise<unknown>,
  second: readonly string[] = songs(2, third),
): Promise<number | undefined> {
  return inScratchFolder(async (dataDir) => {
    const url = await server.database();
    await publishGold(dataDir, "run-1", ...songs(1));
    await exportOf(dataDir, url, { tests: keyTests });
    await publishGold(dataDir, "run-2", ...second);
    await between(dataDir, url);
    const { sent } = await exportOf(dataDir, url, { tests: keyTests });
    await assertSongs(dataDir, url);
    return sent.find(({ table }) => table === "gold.numbered")?.rows;
  });
}

test("a third of the rows is sent where a third changed, and all of them where most did", async () => {
  assert.equal(await afterBoth(() => Promise.resolve()), rows / 3);
  const most = "update gold.numbered set title = 'new' where song_id % 3 != 0";
  assert.equal(await afterBoth(() => Promise.resolve(), songs(2, most)), rows);
});

test("all rows are sent where the release that the target has rows of is gone, or told of other content", async () => {
  assert.equal(await afterBoth((dataDir) => rm(join(dataDir, "releases/1.duckdb"))), rows);
  const forget = "update meta.exports set content_hash = 'another' where table_name = 'numbered'";
  assert.equal(await afterBoth((_, url) => query(url, forget)), rows);
});

test("all rows are sent where a column came, or has another type", async () => {
  assert.equal(
    await afterBoth(() => Promise.resolve(), songs(2, third, "alter table gold.numbered add column mood varchar")),
    rows,
  );
  assert.equal(
    await afterBoth(() => Promise.resolve(), songs(2, third, "alter table gold.numbered alter song_id type integer")),
    rows,
  );
});

test("all rows are sent where somebody took rows out of the target, put some in or changed their keys", async () => {
  for (const edit of [
    "delete from gold.numbered where song_id = 7",
    "insert into gold.numbered values (-1, 1, 'mine')",
    `update gold.numbered set song_id = ${rows + 5} where song_id = 3`,
  ]) {
    assert.equal(await afterBoth((_, url) => query(url, edit)), rows, edit);
  }
  const come = `insert into gold.numbered values (${rows}, 1, 'come')`;
  const taken = `update gold.numbered set song_id = ${rows} where song_id = 7`;
  assert.equal(await afterBoth((_, url) => query(url, taken), songs(2, come)), rows + 1);
});

test("rows are compared with those that were sent last, not with a later release of the same content hash", async () => {
  await inScratchFolder(async (dataDir) => {
    const url = await server.database();
    const sentOf = async (run: number, ...statements: readonly string[]): Promise<readonly unknown[]> => {
      await publishGold(dataDir, `run-${run}`, ...statements);
      const { sent } = await exportOf(dataDir, url, { tests: keyTests });
      return sent.filter(({ table }) => table === "gold.numbered");
    };
    await sentOf(1, ...songs(1));
    const digits = "update gold.numbered set length = length + 1e-12 where song_id = 4";
    assert.deepEqual(await sentOf(2, digits), []);
    assert.deepEqual(
      await sentOf(3, "update gold.numbered set title = 'new' where song_id = 5", relationsOf(3, ["numbered"])),
      [{ table: "gold.numbered", rows: 2 }],
    );
    await assertSongs(dataDir, url);
  });
});

test("keys that a later release does not keep are found out, and nothing is lost", async () => {
  // A primary key becomes an index, or leaves its columns free to be null.
  const twice = "insert into gold.numbered values (5, 1, 'twice')";
  assert.equal(await afterBoth(() => Promise.resolve(), songs(2, twice)), rows + 1);
  const missing = "insert into gold.numbered values (null, 1, 'without')";
  assert.equal(await afterBoth(() => Promise.resolve(), songs(2, missing)), rows + 1);
});
