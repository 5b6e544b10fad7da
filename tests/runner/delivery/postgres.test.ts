import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Client } from "pg";

import { manifestTest, publishGold } from "../../support/gold-release.ts";
import { exportOf } from "../../support/postgres-export.ts";
import { query, startTestPostgres, type TestPostgres } from "../../support/postgres.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

/** A release of two relations, and the address of an empty database. */
async function withRelease(use: (dataDir: string, url: string) => Promise<void>): Promise<void> {
  await inScratchFolder(async (dataDir) => {
    await publishGold(
      dataDir,
      "run-1",
      "create table gold.songs as select 1 as song_id, 'Ä ''quoted'' \"title\"' as title union all select 2, null",
      "create table meta.runs as select 'run-1' as run_id",
    );
    await use(dataDir, await server.database());
  });
}

/** Which transaction wrote the rows of a table. */
async function writerOf(url: string, table: string): Promise<unknown> {
  return (await query(url, `select distinct xmin::text as writer from ${table}`))[0]?.["writer"];
}

const songsIn = (url: string) => query(url, "select * from gold.songs order by song_id");

test("a first export sends every relation and notes what it sent", async () => {
  await withRelease(async (dataDir, url) => {
    const { release, sent } = await exportOf(dataDir, url);
    assert.equal(release, 1);
    assert.deepEqual(sent, [
      { table: "gold.songs", rows: 2 },
      { table: "meta.runs", rows: 1 },
    ]);
    assert.deepEqual(await songsIn(url), [
      { song_id: 1, title: "Ä 'quoted' \"title\"" },
      { song_id: 2, title: null },
    ]);
    assert.deepEqual(
      await query(
        url,
        "select relation, release, run_id, row_count, finished_at, content_hash != '' as has_hash from meta.exports order by 1",
      ),
      [
        {
          relation: "gold.songs",
          release: 1,
          run_id: "run-1",
          row_count: "2",
          finished_at: new Date("2026-11-22T10:11:12Z"),
          has_hash: true,
        },
        {
          relation: "meta.runs",
          release: 1,
          run_id: "run-1",
          row_count: "1",
          finished_at: new Date("2026-11-22T10:11:12Z"),
          has_hash: true,
        },
      ],
    );
  });
});

test("rows, comments and the note of an export are written by one transaction, and a second export writes nothing", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    const writer = await writerOf(url, "gold.songs");
    assert.equal(await writerOf(url, "meta.runs"), writer);
    assert.equal(await writerOf(url, "meta.exports"), writer);
    const second = await exportOf(dataDir, url);
    assert.deepEqual({ sent: second.sent, unchanged: second.unchanged }, { sent: [], unchanged: 2 });
    assert.equal(await writerOf(url, "meta.exports"), writer);
  });
});

test("of a newer release only the relations with other rows are sent, into the tables that stand there", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    const writer = await writerOf(url, "gold.songs");
    const [table] = await query(url, "select 'gold.songs'::regclass::oid, 'meta.runs'::regclass::oid as runs");
    await publishGold(dataDir, "run-2", "insert into meta.runs values ('run-2')");
    assert.deepEqual((await exportOf(dataDir, url)).sent, [{ table: "meta.runs", rows: 2 }]);
    assert.equal(await writerOf(url, "gold.songs"), writer);
    assert.deepEqual(await query(url, "select 'gold.songs'::regclass::oid, 'meta.runs'::regclass::oid as runs"), [
      table,
    ]);
    assert.deepEqual(await query(url, "select distinct release, run_id from meta.exports"), [
      { release: 2, run_id: "run-2" },
    ]);
  });
});

test("a table that somebody dropped, and with force every table, is sent again", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    await query(url, "drop table gold.songs");
    assert.deepEqual((await exportOf(dataDir, url)).sent, [{ table: "gold.songs", rows: 2 }]);
    await query(url, "delete from gold.songs");
    assert.equal((await exportOf(dataDir, url, { force: true })).sent.length, 2);
    assert.equal((await songsIn(url)).length, 2);
  });
});

test("a relation that the release has no more is dropped", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    await publishGold(dataDir, "run-2", "drop table gold.songs");
    assert.deepEqual((await exportOf(dataDir, url)).dropped, ["gold.songs"]);
    assert.deepEqual(await query(url, "select to_regclass('gold.songs') as found"), [{ found: null }]);
    assert.deepEqual(await query(url, "select relation from meta.exports"), [{ relation: "meta.runs" }]);
  });
});

test("a table that no export made is named and left alone", async () => {
  await withRelease(async (dataDir, url) => {
    await query(url, "create schema gold");
    await query(url, "create table gold.songs as select 'mine' as kept");
    await assert.rejects(exportOf(dataDir, url), /gold\.songs stands there already, and no export made it/);
    assert.deepEqual(await query(url, "select * from gold.songs"), [{ kept: "mine" }]);
    assert.deepEqual(await query(url, "select to_regclass('meta.exports') as found"), [{ found: null }]);
  });
});

test("comments follow the release, also where no rows change", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    await publishGold(
      dataDir,
      "run-2",
      "comment on table gold.songs is 'It''s a song; $1 ? :x'",
      "comment on column gold.songs.title is 'Its \"title\" \\n'",
    );
    assert.deepEqual((await exportOf(dataDir, url)).sent, []);
    assert.deepEqual(
      await query(
        url,
        "select obj_description('gold.songs'::regclass) as song, col_description('gold.songs'::regclass, 2) as title",
      ),
      [{ song: "It's a song; $1 ? :x", title: 'Its "title" \\n' }],
    );
  });
});

test("keys come from the unique tests that the rows keep, and go with them", async () => {
  await withRelease(async (dataDir, url) => {
    const unique = manifestTest("gold.songs", { kind: "unique", columns: ["song_id"] });
    const tests = [
      unique,
      manifestTest("gold.songs", { kind: "not_null", column: "song_id" }),
      manifestTest("gold.songs", { kind: "unique", columns: ["title"] }),
      manifestTest("gold.songs", { kind: "relationships", column: "title", to: "titles", field: "title" }),
      manifestTest("gold.songs", { kind: "unique", columns: ["no_such_column"] }),
      manifestTest("meta.runs", { kind: "unique", columns: ["run_id"] }, "warn"),
    ];
    const keys = () =>
      query(
        url,
        `select relname as table, indisprimary as is_primary, indisunique as is_unique,
          pg_get_indexdef(indexrelid, 1, true) as column
        from pg_index inner join pg_class on pg_class.oid = indrelid
        where relnamespace = 'gold'::regnamespace order by indisprimary desc, 4`,
      );
    await exportOf(dataDir, url, { tests });
    assert.deepEqual(await keys(), [
      { table: "songs", is_primary: true, is_unique: true, column: "song_id" },
      { table: "songs", is_primary: false, is_unique: true, column: "title" },
    ]);
    await publishGold(dataDir, "run-2", "insert into gold.songs values (2, 'again')");
    await exportOf(dataDir, url, { tests });
    assert.deepEqual(await keys(), [
      { table: "songs", is_primary: false, is_unique: false, column: "song_id" },
      { table: "songs", is_primary: false, is_unique: true, column: "title" },
    ]);
    await query(url, "create index mine on gold.songs (title)");
    await publishGold(dataDir, "run-3", "delete from gold.songs");
    await exportOf(dataDir, url, { tests: [] });
    assert.deepEqual(await keys(), [{ table: "songs", is_primary: false, is_unique: false, column: "title" }]);
  });
});

test("the dashboards' role may read everything that is exported, and nothing else", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    await query(url, "set role superset_ro; select * from gold.songs");
    await query(url, "set role superset_ro; select * from meta.exports");
    await assert.rejects(query(url, "set role superset_ro; delete from gold.songs"), /permission denied/);
    await query(url, "revoke select on meta.runs from superset_ro");
    await query(url, "revoke usage on schema gold from superset_ro");
    await exportOf(dataDir, url);
    await query(url, "set role superset_ro; select * from gold.songs, meta.runs");
  });
});

test("new and dropped columns keep the table, its views and its grants, where a view needs none of them", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    await query(url, "create view public.my_songs as select title from gold.songs where title is not null");
    await query(url, "grant select on gold.songs to public");
    await publishGold(
      dataDir,
      "run-2",
      "create or replace table gold.songs as select 7.5::double as tempo, 'New' as title, 3::bigint as song_id",
    );
    assert.deepEqual((await exportOf(dataDir, url)).sent, [{ table: "gold.songs", rows: 1 }]);
    assert.deepEqual(await query(url, "select tempo, title, song_id from gold.songs"), [
      { tempo: 7.5, title: "New", song_id: "3" },
    ]);
    assert.deepEqual(await query(url, "select * from public.my_songs"), [{ title: "New" }]);
    assert.deepEqual(await query(url, "select has_table_privilege('public', 'gold.songs', 'select') as granted"), [
      { granted: true },
    ]);
  });
});

test("a view that a changed column would break is named and nothing changes, unless cascade is asked for", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    await query(url, "create view public.my_songs as select title from gold.songs");
    await publishGold(
      dataDir,
      "run-2",
      "create or replace table gold.songs as select 1 as song_id",
      "insert into meta.runs values ('run-2')",
    );
    await assert.rejects(
      exportOf(dataDir, url),
      /gold\.songs changes its columns, and these need what goes:\nview my_songs depends on column title of table gold\.songs\n\n.*--cascade/,
    );
    assert.deepEqual(await query(url, "select * from meta.runs"), [{ run_id: "run-1" }]);
    assert.equal((await query(url, "select * from public.my_songs")).length, 2);
    const { sent, notices } = await exportOf(dataDir, url, { cascade: true });
    assert.equal(sent.length, 2);
    assert.deepEqual(notices, ["drop cascades to view my_songs"]);
    assert.deepEqual(await query(url, "select * from gold.songs"), [{ song_id: 1 }]);
  });
});

test("a view on a relation that is dropped is named too", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    await query(url, "create view public.my_songs as select title from gold.songs");
    await publishGold(dataDir, "run-2", "drop table gold.songs");
    await assert.rejects(exportOf(dataDir, url), /view my_songs depends on table gold\.songs/);
    assert.equal((await songsIn(url)).length, 2);
  });
});

test("made-up data goes to the schema demo only, and lives beside real data", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url, { isDemo: true });
    assert.deepEqual(
      await query(
        url,
        "select schemaname || '.' || tablename as name from pg_tables where tableowner = 'tonearm' and schemaname !~ '^(pg_|information)' order by 1",
      ),
      [{ name: "demo.meta_exports" }, { name: "demo.meta_runs" }, { name: "demo.songs" }],
    );
    await exportOf(dataDir, url);
    assert.deepEqual((await exportOf(dataDir, url, { isDemo: true })).sent, []);
    assert.deepEqual((await exportOf(dataDir, url)).sent, []);
  });
});

test("a target that an older version of the export wrote is sent everything again", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    await query(url, "alter table meta.exports drop column format, add column note text");
    assert.equal((await exportOf(dataDir, url)).sent.length, 2);
    assert.deepEqual((await exportOf(dataDir, url)).sent, []);
    assert.deepEqual(await query(url, "select distinct format from meta.exports"), [{ format: 1 }]);
  });
});

test("two exports at once: the second waits for the first, and sends what the first did not", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    await publishGold(dataDir, "run-2", "delete from gold.songs");
    let waits = 0;
    const both = await Promise.all(
      [1, 2].map(() => exportOf(dataDir, url, { waitSeconds: 60, onWait: () => void waits++ })),
    );
    assert.ok(waits <= 1);
    assert.deepEqual(
      both.map(({ sent }) => sent.length).toSorted((left, right) => left - right),
      [0, 1],
    );
  });
});

test("an export gives up when another one does not end", async () => {
  await withRelease(async (dataDir, url) => {
    const other = new Client(url);
    await other.connect();
    await other.query("begin; select pg_advisory_xact_lock(7066170001)");
    await assert.rejects(exportOf(dataDir, url), /another export into this database is at work/);
    await other.end();
    assert.equal((await exportOf(dataDir, url)).sent.length, 2);
  });
});

test("a rolled back release is exported again as it was", async () => {
  await withRelease(async (dataDir, url) => {
    await exportOf(dataDir, url);
    await publishGold(dataDir, "run-2", "update gold.songs set title = 'Other'");
    await exportOf(dataDir, url);
    await publishGold(dataDir, "run-3", "create or replace table gold.songs as select 1 as song_id, 'First' as title");
    await exportOf(dataDir, url);
    assert.deepEqual(await songsIn(url), [{ song_id: 1, title: "First" }]);
  });
});
