import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { publishGold } from "../../support/gold-release.ts";
import { exportOf } from "../../support/postgres-export.ts";
import { freePort, query, startTestPostgres, type TestPostgres, withDatabase } from "../../support/postgres.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

let server: TestPostgres;
let dataDir = "";

before(async () => {
  server = await startTestPostgres();
  dataDir = await mkdtemp(join(tmpdir(), "tonearm-trouble-"));
  await publishGold(dataDir, "run-1", "create table gold.songs as select range as song_id from range(100)");
});
after(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true });
});

/** What the user hears of an export that fails, without the server's name before it. */
async function troubleOf(url: string, options: { readonly force?: boolean } = {}): Promise<string> {
  const error = await exportOf(dataDir, url, options).then(
    () => new Error("nothing failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProjectError, String(error));
  assert.equal(error.exitCode, 1);
  const password = decodeURIComponent(/:\/\/[^:]*:([^@]*)@/.exec(url)?.[1] ?? "none");
  assert.ok(!error.message.includes(password), error.message);
  return error.message;
}

function change(
  url: string,
  parts: Partial<Pick<URL, "username" | "password" | "port" | "hostname" | "search">>,
): string {
  return Object.assign(new URL(url), parts).href;
}

test("nobody answers at the address", async () => {
  const port = await freePort();
  const url = change(server.url, { port: String(port) });
  const message = await troubleOf(url);
  assert.equal(
    message,
    `Postgres tonearm@127.0.0.1:${port}/tonearm: nobody answers there\n\n` +
      "Is it running, and are host and port in POSTGRES_URL right? npm run postgres starts one of our own.",
  );
});

test("a wrong password, a user that is not there, and a password that is missing", async () => {
  const wrong = await troubleOf(change(server.url, { password: "not-the-password" }));
  assert.match(wrong, /refuses the login: password authentication failed for user "tonearm"\n\nMend user and password/);
  const nobody = await troubleOf(change(server.url, { username: "nobody", password: "secret-of-nobody" }));
  assert.match(nobody, /refuses the login: .*"nobody"/);
  const missing = await troubleOf(change(server.url, { password: "" }));
  assert.match(missing, /refuses the login: a password is needed/);
});

test("a database that is not there", async () => {
  const message = await troubleOf(withDatabase(server.url, "elsewhere"));
  assert.match(message, /database "elsewhere" does not exist\n\nCreate it with createdb/);
});

test("a host whose name nobody knows", async () => {
  const message = await troubleOf(change(server.url, { hostname: "no-such-host.invalid" }));
  assert.match(message, /the host's name (is not known|cannot be looked up now)/);
});

test("an address that cannot be read says nothing of its password", async () => {
  const hint = /POSTGRES_URL cannot be read as an address of Postgres\n\nWrite postgres:\/\/user:password@host/;
  for (const url of [
    "postgres://me:hush#hush@host/db",
    "mysql://me:hush-hush@host/db",
    "host=x password=hush-hush",
    "",
  ]) {
    const message = await troubleOf(url);
    assert.match(message, hint);
    assert.doesNotMatch(message, /hush/);
  }
});

test("a server without encryption, where the address asks for it", async () => {
  const message = await troubleOf(change(server.url, { search: "?sslmode=no-verify" }));
  assert.match(message, /does not support SSL connections\n\nMend sslmode/);
});

test("a user without the right to make schemas, or to change what another user made", async () => {
  const url = await server.database();
  await query(url, "create role writer login password 'its-own-secret'");
  const writer = change(url, { username: "writer", password: "its-own-secret" });
  assert.match(await troubleOf(writer), /has not the rights it needs.*permission denied for database/);
  await exportOf(dataDir, url);
  await query(url, "grant usage on schema gold, meta to writer");
  await query(url, "grant select on meta.exports to writer");
  assert.match(
    await troubleOf(writer, { force: true }),
    /has not the rights it needs on gold\.songs: permission denied/,
  );
  await query(url, "drop schema gold, meta cascade");
  await query(url, `grant create on database ${new URL(url).pathname.slice(1)} to writer`);
  assert.equal((await exportOf(dataDir, writer)).sent.length, 1);
});

test("a foreign key of somebody's own table that rests on rows of ours", async () => {
  const url = await server.database();
  await exportOf(dataDir, url);
  await query(url, "create unique index on gold.songs (song_id)");
  await query(url, "create table notes (song_id bigint constraint our_song references gold.songs (song_id))");
  await query(url, "insert into notes values (7)");
  const message = await troubleOf(url, { force: true });
  assert.match(message, /violates foreign key constraint "our_song" on table "notes"\n\nAn export replaces rows/);
  await query(url, "alter table notes drop constraint our_song");
  assert.equal((await exportOf(dataDir, url, { force: true })).sent.length, 1);
});

test("a database in another encoding", async () => {
  await query(server.url, "create database latin encoding 'LATIN1' template template0");
  const message = await troubleOf(withDatabase(server.url, "latin"));
  assert.match(message, /the database's encoding is LATIN1, which cannot hold every name/);
});

test("a data folder without a release", async () => {
  await inScratchFolder(async (empty) => {
    await assert.rejects(exportOf(empty, server.url), /holds no release that could be exported/);
  });
});
