import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { startPostgres } from "../../../runner/delivery/embedded-postgres.ts";
import { freePort, query, whyNotOurOwn } from "../../support/postgres.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const closed = await whyNotOurOwn();

test(
  "a Postgres of our own keeps its data and passwords from start to start, and listens on this machine only",
  { skip: closed },
  async () => {
    await inScratchFolder(async (dataDir) => {
      const first = await startPostgres(dataDir, await freePort());
      await query(first.url, "create table kept as select 1 as kept");
      assert.deepEqual(await query(first.url, "show listen_addresses"), [{ listen_addresses: "127.0.0.1" }]);
      assert.deepEqual(await query(first.url, "show unix_socket_directories"), [{ unix_socket_directories: "" }]);
      const secrets = join(dataDir, "secrets/pgpass");
      const before = (await readFile(secrets, "utf8")).replaceAll(/^[^:]*:\d+/gm, "");
      assert.equal((await stat(secrets)).mode & 0o777, 0o600);
      await first.stop();

      const second = await startPostgres(dataDir, await freePort());
      assert.deepEqual(await query(second.url, "select * from kept"), [{ kept: 1 }]);
      assert.equal((await readFile(secrets, "utf8")).replaceAll(/^[^:]*:\d+/gm, ""), before);
      const password = new URL(second.url).password;
      assert.ok(password.length >= 32);
      await assert.rejects(
        query(second.url.replace(password, "password"), "select 1"),
        /password authentication failed/,
      );
      await second.stop();
    });
  },
);

test("what a start that was killed left half-made is made anew", { skip: closed }, async () => {
  await inScratchFolder(async (dataDir) => {
    await mkdir(join(dataDir, "postgres.new"));
    await writeFile(join(dataDir, "postgres.new/PG_VERSION"), "18\n");
    const running = await startPostgres(dataDir, await freePort());
    assert.deepEqual(await query(running.url, "select current_database() as name"), [{ name: "tonearm" }]);
    await running.stop();
  });
});

test("a port that is taken is named", async () => {
  await inScratchFolder(async (dataDir) => {
    const port = await freePort();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    await assert.rejects(startPostgres(dataDir, port), {
      name: "ProjectError",
      exitCode: 1,
      message: `127.0.0.1:${port} cannot be listened on\n\nnpm run postgres runs there already, or something else does: choose another with --port.`,
    });
    await new Promise<void>((resolve) => other.close(() => resolve()));
  });
});

test("data that another version of Postgres made is named with the remedy", { skip: closed }, async () => {
  await inScratchFolder(async (dataDir) => {
    const running = await startPostgres(dataDir, await freePort());
    await running.stop();
    await writeFile(join(dataDir, "postgres/PG_VERSION"), "11\n");
    await assert.rejects(
      startPostgres(dataDir, await freePort()),
      /Postgres did not start: .*incompatible with server\n\nAnother version of Postgres made it: move .*postgres away/,
    );
  });
});
