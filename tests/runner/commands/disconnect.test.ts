import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { assertDisconnected, landHistory, listen, planted, poll } from "../../support/api-rows.ts";
import { withFakeSpotify } from "../../support/fake-spotify.ts";
import { newLife } from "../../support/life.ts";
import { saveTokens } from "../../../runner/spotify/token-store.ts";
import { benchTokens } from "../../support/spotify-bench.ts";
import {
  filesWith,
  printed,
  spotifyEnvironment,
  type SpotifyLife,
  withSpotifyLife,
} from "../../support/spotify-life.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";

test("disconnect leaves nothing of the Web API in bronze, releases and warehouse, and a second run finds nothing", (context) =>
  withSpotifyLife(context, async (life) => {
    const { root, dataDir, run, fake } = life;
    await listen(life);
    // What the search finds as long as it is there: rows of both tables, and blocks of the releases.
    const before = await filesWith(root, planted);
    assert.deepEqual(
      before.filter((name) => !name.startsWith("data/bronze/")),
      ["data/releases/2.duckdb", "data/releases/3.duckdb", "data/warehouse.duckdb"],
    );
    const records = (await readdir(join(dataDir, "bronze", "landings"))).length;
    assert.ok(before.filter((name) => name.startsWith("data/bronze/")).length >= 4, before.join(" "));

    // Landings that were killed: before the record stood, and in the middle of the rows.
    for (const [table, orphan] of [
      ["listening_history", "aaaaaaaaaaaaaaaa.parquet"],
      ["my_tracks_features", "bbbbbbbbbbbbbbbb.parquet"],
    ] as const) {
      const folder = join("data", "bronze", table);
      const rows = before.find((name) => name.startsWith(folder)) ?? "";
      await copyFile(join(root, rows), join(root, folder, orphan));
    }
    await mkdir(join(dataDir, "tmp", "bronze"), { recursive: true });
    await writeFile(join(dataDir, "tmp", "bronze", "rows.json"), planted);
    await mkdir(join(root, "target", "failures", "plays"), { recursive: true });
    await writeFile(join(root, "target", "failures", "plays", "not_null_plays_song_id.csv"), planted);
    await mkdir(join(dataDir, "foreign"));
    await writeFile(join(dataDir, "foreign", "warehouse.duckdb.wal"), "");
    await writeFile(join(dataDir, "spotify", "playlists.json"), JSON.stringify({ Calm: "playlist00000000000001" }));

    const { code, stdout, stderr } = await run("disconnect", "--yes");
    assert.equal(code, 0, stderr);
    assert.equal(
      stdout.slice(0, stdout.indexOf("Exports, ")),
      `This deletes
  the login with Spotify
  ${records - 1 + 2} batches of plays and tracks that Spotify's Web API gave
  the notes of polls, limits and playlists
  every release there is (3, 2, 1), once the warehouse is built anew without what the Web API gave
`,
    );
    assert.match(stdout, /\nOlder releases are deleted: 3, 2\.\n/);
    assert.equal(
      stdout.slice(stdout.indexOf("Everything of")),
      `Everything of Spotify's Web API is gone from this data folder. Out of reach, and yours to see to:
  the app's permission: https://www.spotify.com/account/apps/ takes it back
  the playlists on Spotify that were published from here:
    Calm: https://open.spotify.com/playlist/playlist00000000000001
  backups of the data folder, and copies of the warehouse or of what was read out of it
  what other programs left beside our files:
    ${join(dataDir, "foreign", "warehouse.duckdb.wal")}
`,
    );
    await assertDisconnected(life);

    const second = await run("disconnect", "--yes");
    assert.equal(second.code, 0);
    assert.equal(second.stdout, `Nothing of Spotify's Web API is left in ${dataDir}.\n`);
    assert.match((await run("build")).stdout, /Nothing to do/);

    await context.test("a new login begins anew", async () => {
      await life.logIn();
      assert.match((await run("ingest", "spotify")).stdout, /Spotify: 2 plays landed, 0 were known\./);
      assert.equal(fake.state.plays.length, 2);
    });
  }));

test("the whole project is built anew without the Web API", async (context) => {
  const life = await newLife(context);
  await withFakeSpotify(
    () => new Date(),
    async (fake) => {
      const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC", ...spotifyEnvironment(fake) };
      const run: SpotifyLife["run"] = (...args) => outcomeOf(startTonearm(args, { cwd: life.root, environment }));
      await landHistory(life.dataDir);
      await saveTokens(life.dataDir, benchTokens(fake));
      for (const minutesAgo of [90, 30]) await poll(fake, run, minutesAgo);
      assert.equal((await run("build")).code, 0);
      assert.equal((await life.query("select * from silver.plays")).length, 3);
      const { code, stdout, stderr } = await run("disconnect", "--yes");
      assert.equal(code, 0, stdout + stderr);
      await assertDisconnected(life);
    },
  );
});

test("disconnect asks first: only yes deletes", (context) =>
  withSpotifyLife(context, async (life) => {
    await life.logIn();
    const path = join(life.dataDir, "secrets", "spotify.json");
    for (const answer of ["no\n", "\n", ""]) {
      const child = life.start("disconnect");
      child.stdin?.end(answer);
      const { code, stdout } = await outcomeOf(child);
      assert.equal(code, 1);
      assert.match(stdout, /Type yes to go on\.\nNothing was deleted\.\n$/);
      assert.equal(existsSync(path), true);
    }
    const child = life.start("disconnect");
    // Left open: who typed yes need not end the input.
    child.stdin?.write("yes\n");
    const { code, stdout } = await outcomeOf(child);
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /batches of plays|Building|Published/);
    assert.equal(existsSync(path), false);
    assert.equal(existsSync(join(life.dataDir, "releases", "1.duckdb")), false, "nothing was built that never was");
  }));

test("a disconnect killed at any of its steps is finished by the next", (context) =>
  withSpotifyLife(context, async (life) => {
    await listen(life);
    for (const text of [
      "The login is deleted.",
      "batches are out of the next build.",
      "Published release",
      "Older releases are deleted",
    ]) {
      const child = life.start("disconnect", "--yes");
      const closed = once(child, "close");
      // One that ends before it is killed is no trouble.
      await printed(child, text).catch(() => undefined);
      child.kill("SIGKILL");
      await closed;
      const [own] = await life.query("select count(*)::int as plays from silver.plays where track_name = 'Own'");
      assert.deepEqual(own, { plays: 1 }, `the warehouse is whole after "${text}"`);
    }
    const { code, stdout, stderr } = await life.run("disconnect", "--yes");
    assert.equal(code, 0, stdout + stderr);
    await assertDisconnected(life);
    assert.match((await life.run("disconnect")).stdout, /^Nothing of Spotify's Web API is left/);
  }));

test("a build that cannot be published leaves disconnect unfinished with 1 and a remedy, and the next run finishes", (context) =>
  withSpotifyLife(context, async (life) => {
    await listen(life);
    const broken =
      "/*---\ndescription: Broken.\n---*/\nselect error('no')::varchar as track_name from {{ref 'plays'}}\n";
    for (const [model, said] of [
      [broken, /Nothing was published: a critical node failed/],
      [broken.replace("plays", "playz"), /ref 'playz'/],
    ] as const) {
      await life.write({ "models/silver/broken.sql": model });
      const { code, stdout, stderr } = await life.run("disconnect", "--yes");
      assert.equal(code, 1);
      assert.match(stdout + stderr, said);
      assert.match(stderr, /disconnect is not done: without a build the warehouse and the releases still hold/);
      assert.match(stderr, /Mend what failed above .*,\nthen run npm run disconnect again/);
      assert.equal(existsSync(join(life.dataDir, "secrets", "spotify.json")), false);
    }
    await life.write({ "models/silver/broken.sql": broken.replace("error('no')::varchar", "track_name") });
    assert.equal((await life.run("disconnect", "--yes")).code, 0);
    await assertDisconnected(life);
  }));

test("a gold model that fails is not held with the rows it had: nothing of them stays, with 1", (context) =>
  withSpotifyLife(context, async (life) => {
    await listen(life);
    await life.write({
      "models/gold/favourites.sql":
        "/*---\ndescription: Broken.\n---*/\nselect error('no')::int as plays from {{ref 'plays'}}\n",
    });
    const { code, stdout } = await life.run("disconnect", "--yes");
    assert.equal(code, 1);
    assert.match(stdout, /gold\.favourites \(not built yet\)/);
    assert.match(stdout, /Everything of Spotify's Web API is gone/);
    await assertDisconnected(life);
  }));
