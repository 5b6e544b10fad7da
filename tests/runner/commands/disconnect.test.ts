import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { extendedFile, landInBronze } from "../../support/bronze.ts";
import { withFakeSpotify } from "../../support/fake-spotify.ts";
import { listFiles } from "../../support/list-files.ts";
import { newLife, trackRow } from "../../support/life.ts";
import { saveTokens } from "../../../runner/spotify/token-store.ts";
import { query, startTestPostgres } from "../../support/postgres.ts";
import { benchTokens } from "../../support/spotify-bench.ts";
import {
  filesWith,
  printed,
  spotifyEnvironment,
  type SpotifyLife,
  withSpotifyLife,
} from "../../support/spotify-life.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";

/** Stands in the id, hence in every name, of each track that the fake tells of. */
const planted = "PlantedTrack";

/** A play some minutes ago of a track of its own. */
function play(minutesAgo: number): { readonly trackId: string; readonly playedAt: Date } {
  const trackId = `${planted}${String(minutesAgo).padStart(22 - planted.length, "0")}`;
  return { trackId, playedAt: new Date(Date.now() - minutesAgo * 60_000) };
}

const history = extendedFile("Streaming_History_Audio_2024.json", [trackRow("2024-05-01 10:00:00", "Ann - Own")]);

/** Lands an export and two polls, each in a release of its own that is kept. */
async function listen({ logIn, fake, dataDir, run }: Omit<SpotifyLife, "write">): Promise<void> {
  await landInBronze(dataDir, [history]);
  assert.equal((await run("build")).code, 0);
  await logIn();
  for (const minutesAgo of [90, 30]) {
    fake.state.plays.push(play(minutesAgo));
    const polled = await run("ingest", "spotify");
    assert.equal(polled.code, 0, polled.stderr);
    assert.equal((await run("build")).code, 0);
  }
}

/** Nothing of the Web API is left, and the export's play is. */
async function assertDisconnected({
  root,
  dataDir,
  query: ask,
}: Pick<SpotifyLife, "root" | "dataDir" | "query">): Promise<void> {
  assert.deepEqual(await filesWith(root, planted), []);
  assert.equal(existsSync(join(dataDir, "spotify")), false);
  assert.deepEqual(await readdir(join(dataDir, "secrets")), []);
  const bronze = await listFiles(join(dataDir, "bronze"));
  assert.deepEqual(
    bronze.map((name) => name.split("/")[0]).filter((name) => name !== "salt"),
    ["landings", "listening_history"],
  );
  const releases = await readdir(join(dataDir, "releases"));
  assert.equal(releases.length, 2, releases.join(" "));
  const release = releases.find((name) => name.endsWith(".duckdb")) ?? "";
  assert.equal(
    (await stat(join(dataDir, "releases", release))).ino,
    (await stat(join(dataDir, "warehouse.duckdb"))).ino,
  );
  assert.deepEqual(await ask("select track_name from silver.plays"), [{ track_name: "Own" }]);
}

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
      const logIn = (): Promise<void> => saveTokens(life.dataDir, benchTokens(fake));
      await listen({
        ...life,
        run,
        fake,
        logIn,
        environment,
        start: () => assert.fail(),
        setBrowser: () => assert.fail(),
      });
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

test("what was exported into Postgres is replaced; as long as Postgres cannot be reached, disconnect is not done", async (context) => {
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
    const late = await runWith(url.replace("127.0.0.1", "127.0.0.2"), "disconnect", "--yes");
    assert.equal(late.code, 1);
    assert.match(late.stderr, /disconnect is not done: Postgres may still show what the Web API gave/);
    const { code, stdout, stderr } = await runWith(url, "disconnect", "--yes");
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(await query(url, favourites), [{ track_name: "Own" }]);
    await assertDisconnected(life);
  });
});
