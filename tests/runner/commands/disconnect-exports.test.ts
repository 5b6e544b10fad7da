import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import type { Row } from "../../../runner/warehouse/cells.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { assertDisconnected, listen, planted } from "../../support/api-rows.ts";
import { query, startTestPostgres } from "../../support/postgres.ts";
import { filesWith, withSpotifyLife } from "../../support/spotify-life.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";

async function rowsOf(sql: string, path?: string): Promise<readonly Row[]> {
  return withDuckDB(path === undefined ? {} : { path, readOnly: true }, async (database) =>
    (await database.connect()).query(sql),
  );
}

test("files that were exported show the release without the Web API, older ones go, and what is not there is named", (context) =>
  withSpotifyLife(context, async (life) => {
    const { root, run } = life;
    await listen(life);
    const places = ["parquet", "csv", "moved"].map((name) => join(root, "exports", name));
    const [parquet = "", csv = "", moved = ""] = places;
    const file = join(root, "exports", "listening.duckdb");
    for (const args of [
      ["parquet", parquet],
      ["csv", csv],
      ["csv", moved],
      ["duckdb", file],
    ]) {
      const { code, stderr } = await run("export", "--to", ...args);
      assert.equal(code, 0, stderr);
    }
    await writeFile(join(csv, "mine.txt"), "mine");
    // Each place is remembered once, however often it is exported to.
    assert.equal((await run("export", "--to", "csv", csv)).code, 0);
    assert.equal((await readdir(join(root, "data", "deliveries"))).length, 4);
    const found = (await filesWith(join(root, "exports"), planted)).map((name) => name.split("/")[0] ?? "");
    assert.deepEqual(new Set(found), new Set(["csv", "listening.duckdb", "moved", "parquet"]));
    await rename(moved, join(root, "exports", "elsewhere"));

    // Something of the user's own stands where an export was.
    await rm(join(csv, "current"));
    await mkdir(join(csv, "current"));
    const late = await run("disconnect", "--yes");
    assert.equal(late.code, 1);
    assert.match(late.stderr, /csv\/current stands there already, and is no link of an export/);
    assert.match(late.stderr, /disconnect is not done: the export .*\/csv may still hold what the Web API gave/);
    await rm(join(csv, "current"), { recursive: true });
    assert.equal((await run("export", "--to", "csv", csv)).code, 0);

    const { code, stdout, stderr } = await run("disconnect", "--yes");
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /exports that this command does not come to:\n {4}\S+\/moved, where nothing is now\n/);
    await rm(join(root, "exports", "elsewhere"), { recursive: true });
    await assertDisconnected(life);
    for (const place of [parquet, csv]) {
      const releases = (await readdir(place)).filter((name) => /^\d+-/.test(name));
      assert.equal(releases.length, 1, releases.join(" "));
    }
    assert.equal(await readFile(join(csv, "mine.txt"), "utf8"), "mine");
    assert.equal(await readFile(join(csv, "current/gold/favourites.csv"), "utf8"), "track_name,plays\nOwn,1\n");
    const own = [{ track_name: "Own", plays: 1 }];
    assert.deepEqual(await rowsOf("from gold.favourites", file), own);
    assert.deepEqual(await rowsOf(`from '${parquet}/current/gold/favourites/*.parquet'`), own);
  }));

test("exports go when no release is left that they could show", (context) =>
  withSpotifyLife(context, async (life) => {
    const { root, dataDir, run } = life;
    await listen(life);
    const [parquet, file] = [join(root, "exports"), join(root, "listening.duckdb")];
    assert.equal((await run("export", "--to", "parquet", parquet)).code, 0);
    assert.equal((await run("export", "--to", "duckdb", file)).code, 0);
    await writeFile(join(parquet, "mine.txt"), "mine");
    await rm(join(dataDir, "releases"), { recursive: true, force: true });
    await rm(join(dataDir, "warehouse.duckdb"));
    const { code, stdout, stderr } = await run("disconnect", "--yes");
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /listening\.duckdb is deleted, for no release is there to show\./);
    assert.deepEqual(await filesWith(root, planted), []);
    assert.deepEqual(await readdir(parquet), ["mine.txt"]);
  }));

test("what was exported into Postgres is replaced; as long as Postgres cannot be reached, disconnect is not done, and another one is named", async (context) => {
  const server = await startTestPostgres();
  context.after(() => server.stop());
  const url = await server.database();
  await withSpotifyLife(context, async (life) => {
    await listen(life);
    const runWith = (postgres: string, ...args: readonly string[]) =>
      outcomeOf(startTonearm(args, { cwd: life.root, environment: { ...life.environment, POSTGRES_URL: postgres } }));
    assert.equal((await runWith(url, "export")).code, 0);
    const favourites = "select track_name from gold.favourites order by 1";
    assert.equal((await query(url, favourites)).length, 3);
    const other = (await server.database()).replace("127.0.0.1", "localhost");
    assert.equal((await runWith(other, "export")).code, 0);
    const late = await runWith(url.replace("127.0.0.1", "127.0.0.2"), "disconnect", "--yes");
    assert.equal(late.code, 1);
    assert.match(late.stderr, /disconnect is not done: Postgres may still show what the Web API gave/);
    const { code, stdout, stderr } = await runWith(url, "disconnect", "--yes");
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(await query(url, favourites), [{ track_name: "Own" }]);
    const name = other.replace(/^postgres:\/\/([^:@]+)(:[^@]*)?@/, "$1@");
    assert.ok(stdout.includes(`    the schemas gold and meta in Postgres ${name}: drop them there\n`), stdout);
    await assertDisconnected(life);
  });
});
