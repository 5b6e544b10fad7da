import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { type Life, newLife } from "../../support/life.ts";
import { type Outcome, outcomeOf, startTonearm } from "../../support/tonearm.ts";

/** All of the project that is looked at here. */
const models = ["plays"];

function run(life: Life, ...args: readonly string[]): Promise<Outcome> {
  const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC" };
  return outcomeOf(startTonearm(args, { cwd: life.root, environment }));
}

/** Writes an extended history with one play on each of a month's first 20 days, of a title of its own, and gives its path. */
async function writeHistory(
  life: Life,
  name: string,
  { month, title = "Song" }: { readonly month: string; readonly title?: string },
): Promise<string> {
  const days = Array.from({ length: 20 }, (_, day) => `2021-${month}-${String(day + 1).padStart(2, "0")}`);
  const rows = days.map((day) => ({
    ts: `${day}T12:00:00Z`,
    ms_played: 60_000,
    spotify_track_uri: `spotify:track:${title}${day.replaceAll("-", "")}`,
    master_metadata_track_name: `${title} ${day}`,
    master_metadata_album_artist_name: "Ann",
  }));
  const path = join(life.root, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, JSON.stringify(rows));
  return path;
}

test("a landed file is listed, taken out of the next build, deleted with the last release that reads it, and can come back", async (context) => {
  const life = await newLife(context, "UTC", models);
  const january = await writeHistory(life, "Streaming_History_Audio_2021_0.json", { month: "01" });
  const june = await writeHistory(life, "Streaming_History_Audio_2021_1.json", { month: "06" });
  assert.match((await run(life, "landings")).stdout, /Nothing has landed yet/);
  assert.equal((await run(life, "ingest", january, june)).code, 0);
  await life.build();

  const listed = (await run(life, "landings")).stdout;
  const batch =
    /^([0-9a-f]{16})\s+Streaming_History_Audio_2021_1\.json\s+extended\s+20\s+20\s+0\s+2021-06-01\s+2021-06-20/m.exec(
      listed,
    )?.[1] ?? "";
  assert.notEqual(batch, "", listed);
  assert.match(listed, /2 files, 40 rows\./);

  const removed = await run(life, "landings", "remove", batch.slice(0, 8));
  assert.equal(removed.code, 0, removed.stderr);
  assert.match(
    removed.stdout,
    new RegExp(`^${batch} {2}Streaming_History_Audio_2021_1\\.json is out of the next build\\.`),
  );
  assert.match(removed.stdout, /deleted when no kept release reads it/);
  const rows = join(life.dataDir, "bronze", "listening_history", `${batch}.parquet`);
  assert.equal(existsSync(rows), true, "the current release still reads it");
  assert.deepEqual(await life.query("select count(*)::int as plays from bronze.listening_history"), [{ plays: 40 }]);
  assert.match((await run(life, "landings")).stdout, /1 files, 20 rows\./);

  await life.build();
  assert.deepEqual(await life.query("select count(*)::int as plays from silver.plays"), [{ plays: 20 }]);
  assert.deepEqual(await life.query("select count(*)::int as files from bronze.landings"), [{ files: 1 }]);
  // project.yml keeps three releases: the first one, which reads the file, goes with the fourth.
  for (const month of ["07", "08"]) {
    assert.equal(existsSync(rows), true);
    const more = await writeHistory(life, `Streaming_History_Audio_2021_${month}.json`, { month });
    assert.equal((await run(life, "ingest", more)).code, 0);
    await life.build();
  }
  assert.equal(existsSync(rows), false);
  assert.deepEqual(
    (await readdir(join(life.dataDir, "bronze", "landings"))).filter((name) => name.startsWith(batch)),
    [],
  );

  assert.match((await run(life, "ingest", june)).stdout, / landed\n/);
  await life.build();
  assert.deepEqual(await life.query("select count(*)::int as plays from silver.plays"), [{ plays: 80 }]);
});

test("a removed file that lands again before the next build is as if it had never been removed", async (context) => {
  const life = await newLife(context, "UTC", models);
  const path = await writeHistory(life, "Streaming_History_Audio_2021_0.json", { month: "01" });
  await run(life, "ingest", path);
  await life.build();
  const batch = /^([0-9a-f]{16})/m.exec((await run(life, "landings")).stdout)?.[1] ?? "";
  await run(life, "landings", "remove", batch);
  assert.match((await run(life, "ingest", path)).stdout, /1 files landed: 20 rows read/);
  assert.match(await life.tryBuild(), /Nothing to do/);
  assert.deepEqual(await life.query("select count(*)::int as plays from bronze.listening_history"), [{ plays: 20 }]);
  assert.match((await run(life, "landings")).stdout, /1 files, 20 rows\./);
});

test("a file that no release reads is deleted at once", async (context) => {
  const life = await newLife(context, "UTC", models);
  await run(life, "ingest", await writeHistory(life, "Streaming_History_Audio_2021_0.json", { month: "01" }));
  const batch = /^([0-9a-f]{16})/m.exec((await run(life, "landings")).stdout)?.[1] ?? "";
  assert.match((await run(life, "landings", "remove", batch)).stdout, /No release reads it: its file is deleted\./);
  assert.deepEqual(await readdir(join(life.dataDir, "bronze", "listening_history")), []);
  assert.deepEqual(await readdir(join(life.dataDir, "bronze", "landings")), []);
});

const mistakes: readonly (readonly [args: readonly string[], complaint: RegExp])[] = [
  [["remove", "0123456789abcdef"], /0123456789abcdef is no batch that has landed/],
  [["remove"], /remove needs the batches to take out/],
  [["delete", "x"], /delete is nothing that landings can do/],
];
for (const [args, complaint] of mistakes) {
  test(`landings ${args.join(" ")} is a mistake that is named`, async (context) => {
    const life = await newLife(context, "UTC", models);
    const { code, stderr } = await run(life, "landings", ...args);
    assert.equal(code, 2);
    assert.match(stderr, complaint);
    assert.match(stderr, /npm run landings/);
  });
}

test("two exports that tell of the same days otherwise are warned of, with the command that takes the new one out", async (context) => {
  const life = await newLife(context, "UTC", models);
  await run(life, "ingest", await writeHistory(life, "ann/Streaming_History_Audio_2021_0.json", { month: "01" }));
  const bob = await writeHistory(life, "bob/Streaming_History_Audio_2021_0.json", { month: "01", title: "Tune" });
  const { code, stdout, stderr } = await run(life, "ingest", bob);
  const batch = /([0-9a-f]{16}) {2}landed/.exec(stdout)?.[1] ?? "";
  assert.equal(code, 0);
  assert.match(
    stderr,
    /both tell of 2021-01-02 to 2021-01-19, but share only 0\.0 % of what\nwas played on each day \(0 of 18\)/,
  );
  assert.ok(stderr.includes(`npm run landings -- remove ${batch}`), stderr);
});

test("a terminal shows how far a landing is, and only a terminal", async (context) => {
  const life = await newLife(context, "UTC", models);
  const path = await writeHistory(life, "Streaming_History_Audio_2021_0.json", { month: "01" });
  assert.doesNotMatch((await run(life, "ingest", path)).stderr, /MB\/s/);
  const other = await writeHistory(life, "Streaming_History_Audio_2021_1.json", { month: "02" });
  const start = join(import.meta.dirname, "../../../runner/start.mjs");
  const command = `"${process.execPath}" "${start}" ingest "${other}"`;
  const args =
    process.platform === "darwin" ? ["-q", "/dev/null", "sh", "-c", command] : ["-qec", command, "/dev/null"];
  const env = { ...process.env, DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "UTC" };
  const { stdout } = await promisify(execFile)("script", args, { cwd: life.root, env });
  assert.match(stdout, /\d+ files, \d+ rows, \d+ MB, \d+ MB\/s {2}Streaming_History_Audio_2021_1\.json/);
});
