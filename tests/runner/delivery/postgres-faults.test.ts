import assert from "node:assert/strict";
import { chmod, chown, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";

import { Client } from "pg";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { publishGold } from "../../support/gold-release.ts";
import {
  killAtMoments,
  killExports,
  type Lives,
  lifeSeen,
  look,
  publishLives,
  throughProxy,
} from "../../support/killed-exports.ts";
import { exportOf } from "../../support/postgres-export.ts";
import { query, startTestPostgres, type TestPostgres } from "../../support/postgres.ts";
import { whyNoSmallDisk, onSmallDisk } from "../../support/small-disk.ts";

let server: TestPostgres;
let folder = "";

let lives: Lives;

before(async () => {
  server = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), "tonearm-faults-"));
  lives = await publishLives(folder);
});
after(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

test("a backend that is killed at any moment leaves the target as it was, and the next export completes", async () => {
  const { failed, done } = await killAtMoments(await server.database(), lives, 25);
  assert.ok(failed >= 20, `${failed} of ${failed + done}`);
});

test("a first export that is killed leaves nothing, not even a schema", async () => {
  const url = await server.database();
  await throughProxy(url, { after: 60_000, onReached: () => killExports(server.url) }, (through) =>
    assert.rejects(exportOf(lives.odd, through), /the connection broke/),
  );
  assert.deepEqual(await query(url, "select nspname from pg_namespace where nspname in ('gold', 'meta')"), []);
  assert.equal((await exportOf(lives.odd, url, { waitSeconds: 60 })).sent.length, 5);
});

test("a network that is cut, and one that stands still, are told apart; the target stays as it was", async () => {
  const url = await server.database();
  await exportOf(lives.even, url);
  const trouble = (verdict: "stop" | "hold"): Promise<unknown> =>
    throughProxy(url, { after: 50_000, onReached: () => Promise.resolve(verdict) }, (through) =>
      exportOf(lives.odd, through, { waitSeconds: 60, stallSeconds: verdict === "hold" ? 5 : 60 }).catch(
        (error: unknown) => error,
      ),
    );
  const cut = await trouble("stop");
  assert.ok(cut instanceof ProjectError);
  assert.match(cut.message, /the connection broke\n\n.*run npm run export again/);
  const held = await trouble("hold");
  assert.ok(held instanceof ProjectError);
  assert.match(held.message, /nothing came back for 5 s \(at gold\.\w+\)\n\n/);
  assert.equal(lifeSeen(await query(url, look)), "even");
  await exportOf(lives.odd, url, { waitSeconds: 60 });
  assert.equal(lifeSeen(await query(url, look)), "odd");
});

test(
  "a server whose disk is full says so, goes on showing what it showed, and takes the next export when there is room",
  { skip: await whyNoSmallDisk() },
  async () => {
    const url = await server.database();
    const database = new URL(url).pathname.slice(1);
    const dataDir = join(folder, "growing");
    const publish = (run: number, rows: number): Promise<unknown> =>
      publishGold(
        dataDir,
        `2026112${run}T101112000Z-0001`,
        `create or replace table gold.plays as select range as play_id, repeat('x', 200) as title from range(${rows})`,
      );
    const shown = async (): Promise<unknown> => (await query(url, "select count(*)::int as rows from gold.plays"))[0];
    await onSmallDisk(4, async (disk, grow) => {
      const [place] = await query(url, "select current_setting('data_directory') as folder");
      const { uid, gid } = await stat(String(place?.["folder"]));
      await chmod(dirname(disk), 0o711);
      await chown(disk, uid, gid);
      await query(url, `create tablespace small location '${disk}'`);
      await query(url, `alter database ${database} set default_tablespace to small`);
      try {
        await publish(1, 100);
        await exportOf(dataDir, url);
        await publish(2, 50_000);
        await assert.rejects(
          exportOf(dataDir, url, { waitSeconds: 60 }),
          /the server's disk is full \(at gold\.plays\)\n\n/,
        );
        assert.deepEqual(await shown(), { rows: 100 });
        await grow(64);
        await exportOf(dataDir, url, { waitSeconds: 60 });
        assert.deepEqual(await shown(), { rows: 50_000 });
      } finally {
        await query(server.url, `drop database ${database} with (force)`);
        await query(server.url, "drop tablespace small");
      }
    });
  },
);

test("a reader in a snapshot of its own keeps its release, and the export of new rows does not wait for it", async () => {
  const url = await server.database();
  const dataDir = join(folder, "rows-only");
  await publishGold(dataDir, "run-1", "create table gold.songs as select 'even' as content from range(100)");
  await exportOf(dataDir, url);
  const reader = new Client(url);
  await reader.connect();
  await reader.query("begin isolation level repeatable read");
  const sql = "select distinct content from gold.songs";
  assert.deepEqual((await reader.query(sql)).rows, [{ content: "even" }]);
  await publishGold(dataDir, "run-2", "update gold.songs set content = 'odd'");
  await exportOf(dataDir, url);
  assert.deepEqual((await reader.query(sql)).rows, [{ content: "even" }]);
  await reader.query("commit");
  assert.deepEqual((await reader.query(sql)).rows, [{ content: "odd" }]);
  await reader.end();
});

test("a change of columns waits for readers without making others wait", async () => {
  const url = await server.database();
  await exportOf(lives.even, url);
  const reader = new Client(url);
  await reader.connect();
  await reader.query("begin");
  await reader.query("select * from gold.third_half limit 1");
  const exporting = exportOf(lives.odd, url);
  const asked =
    "select from pg_stat_activity where application_name = 'tonearm export' and datname = current_database() and query ~ '^(lock table|rollback to savepoint|savepoint)'";
  while ((await query(url, asked)).length === 0);
  assert.equal(lifeSeen(await query(url, look)), "even");
  await reader.query("commit");
  await reader.end();
  await exporting;
  assert.equal(lifeSeen(await query(url, look)), "odd");
});
