import assert from "node:assert/strict";
import { mkdir, readdir, readFile, readlink, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { exportToFiles } from "../../../runner/delivery/export-files.ts";
import type { FileFormat } from "../../../runner/delivery/file-formats.ts";
import type { Row } from "../../../runner/warehouse/cells.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { publishGold } from "../../support/gold-release.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const runs = ["20261122T101112000Z-0001", "20261123T101112000Z-0001", "20261124T101112000Z-0001"] as const;

/** A release of two relations, and a folder beside the data folder. */
async function withRelease(use: (dataDir: string, outside: string) => Promise<void>): Promise<void> {
  await inScratchFolder(async (folder) => {
    const dataDir = join(folder, "data");
    await publishGold(
      dataDir,
      runs[0],
      "create schema silver",
      "create table silver.plays as select 'not for others' as secret",
      "create table gold.songs as select 1 as song_id, 'a,\"b' || chr(10) || 'ü' as title, [1.5, null] as tempos, 170141183460469::hugeint as total, timestamp '2026-11-22 10:11:12.5' as played_at union all select 2, '', null, null, null union all select 3, null, [], -5, null",
      "comment on table gold.songs is 'It''s a song'",
      "comment on column gold.songs.title is 'Its title'",
      "create table meta.runs as select 'run-1' as run_id",
    );
    await use(dataDir, join(folder, "outside"));
  });
}

const write = (dataDir: string, format: FileFormat, path: string) =>
  exportToFiles({ dataDir, format, path, keepReleases: 2 });

async function query(sql: string, path?: string): Promise<readonly Row[]> {
  return withDuckDB(path === undefined ? {} : { path, readOnly: true }, async (database) =>
    (await database.connect()).query(sql),
  );
}

const songs = [
  {
    song_id: 1,
    title: 'a,"b\nü',
    tempos: [1.5, null],
    total: 170141183460469,
    played_at: new Date("2026-11-22T10:11:12.5Z"),
  },
  { song_id: 2, title: "", tempos: null, total: null, played_at: null },
  { song_id: 3, title: null, tempos: [], total: -5, played_at: null },
];

test("a DuckDB file holds gold and meta with their comments, nothing else, and replaces the one before", async () => {
  await withRelease(async (dataDir, outside) => {
    const path = join(outside, "shared/listening.duckdb");
    const results = await write(dataDir, "duckdb", path);
    assert.deepEqual(results, { release: 1, relations: 2, rows: 4, path });
    assert.deepEqual(await query("from gold.songs order by song_id", path), songs);
    assert.deepEqual(
      await query(
        "select schema_name || '.' || table_name as name, comment, (select comment from duckdb_columns() where column_name = 'title') as title from duckdb_tables() order by 1",
        path,
      ),
      [
        { name: "gold.songs", comment: "It's a song", title: "Its title" },
        { name: "meta.runs", comment: "", title: "Its title" },
      ],
    );
    await publishGold(dataDir, runs[1], "delete from gold.songs where song_id > 1");
    await write(dataDir, "duckdb", path);
    assert.deepEqual(await query("from gold.songs", path), songs.slice(0, 1));
    assert.deepEqual(await readdir(join(outside, "shared")), ["listening.duckdb"]);
  });
});

test("Parquet lies in a folder for each release, and current names the newest", async () => {
  await withRelease(async (dataDir, outside) => {
    const results = await write(dataDir, "parquet", outside);
    assert.equal(results.path, join(outside, "current"));
    const read = (folder: string) =>
      query(`from read_parquet('${join(outside, folder)}/gold/songs/*.parquet') order by song_id`);
    assert.deepEqual(await read("current"), songs);
    assert.deepEqual(
      await query(
        `select typeof(total) as total, typeof(played_at) as at from read_parquet('${outside}/current/gold/songs/*.parquet') limit 1`,
      ),
      [{ total: "DECIMAL(38,0)", at: "TIMESTAMP" }],
    );
    const file = await stat(join(outside, `current/gold/songs/1-${runs[0]}.parquet`));
    assert.equal(file.mode & 0o777, 0o444);
    assert.deepEqual(await query(`from read_parquet('${outside}/current/silver/plays/*.parquet')`), [
      { secret: "not for others" },
    ]);
    await write(dataDir, "parquet", outside);
    assert.equal((await stat(join(outside, `current/gold/songs/1-${runs[0]}.parquet`))).ino, file.ino, "written once");

    await publishGold(dataDir, runs[1], "delete from gold.songs where song_id > 1");
    await write(dataDir, "parquet", outside);
    assert.deepEqual(await read("current"), songs.slice(0, 1));
    assert.deepEqual(await read(`1-${runs[0]}`), songs);
    await writeFile(join(outside, "notes.txt"), "mine");
    await publishGold(dataDir, runs[2], "delete from gold.songs");
    await write(dataDir, "parquet", outside);
    assert.deepEqual((await readdir(outside)).toSorted(), [`2-${runs[1]}`, `3-${runs[2]}`, "current", "notes.txt"]);
    assert.equal(await readlink(join(outside, "current")), `3-${runs[2]}`);
  });
});

test("CSV tells empty from null and writes lists as JSON", async () => {
  await withRelease(async (dataDir, outside) => {
    await write(dataDir, "csv", outside);
    assert.equal(
      await readFile(join(outside, "current/gold/songs.csv"), "utf8"),
      [
        "song_id,title,tempos,total,played_at",
        '1,"a,""b\nü","[1.5,null]",170141183460469,2026-11-22 10:11:12.5',
        '2,"",,,',
        "3,,[],-5,",
        "",
      ].join("\n"),
    );
    assert.equal(await readFile(join(outside, "current/meta/runs.csv"), "utf8"), "run_id\nrun-1\n");
  });
});

test("what an export that died left is swept, and nothing but an export's own link is replaced", async () => {
  await withRelease(async (dataDir, outside) => {
    await mkdir(join(outside, ".next-999999999/gold"), { recursive: true });
    await write(dataDir, "csv", outside);
    assert.deepEqual((await readdir(outside)).toSorted(), [`1-${runs[0]}`, "current"]);
    const other = join(outside, "other");
    await mkdir(join(other, "current"), { recursive: true });
    await assert.rejects(write(dataDir, "csv", other), /current stands there already, and is no link of an export/);
    await assert.rejects(write(dataDir, "duckdb", other), /other is a folder/);
    await assert.rejects(
      write(dataDir, "duckdb", join(outside, "gold.duckdb")),
      /has the name of the schema gold in it/,
    );
  });
});

test("an export never writes over the warehouse", async () => {
  await withRelease(async (dataDir) => {
    for (const place of [
      "",
      "warehouse.duckdb",
      "releases/1.duckdb",
      "bronze",
      "postgres/x",
      "./releases/../releases",
    ]) {
      await assert.rejects(write(dataDir, "duckdb", join(dataDir, place)), /belongs to the warehouse itself/);
    }
    await write(dataDir, "csv", join(dataDir, "exports"));
  });
});
