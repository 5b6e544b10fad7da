import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { type Life, newLife } from "../../support/life.ts";
import { type Outcome, outcomeOf, startTonearm } from "../../support/tonearm.ts";
import { zip } from "../../support/zip.ts";

function run(life: Life, ...args: readonly string[]): Promise<Outcome> {
  const environment = { DATA_DIR: life.dataDir, TONEARM_TIMEZONE: "Europe/Berlin" };
  return outcomeOf(startTonearm(args, { cwd: life.root, environment }));
}

async function write(life: Life, name: string, content: string | Buffer): Promise<string> {
  const path = join(life.root, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** An extended history of so many plays, one an hour. */
function history(plays: number, year = 2021): string {
  const rows = Array.from({ length: plays }, (_, hour) => ({
    ts: new Date(Date.UTC(year, 0, 1, hour)).toISOString().replace(".000Z", "Z"),
    ms_played: 60_000,
    spotify_track_uri: `spotify:track:${hour}`,
    master_metadata_track_name: `Song ${hour} of ${year}`,
    master_metadata_album_artist_name: "Ann",
  }));
  return JSON.stringify(rows);
}

test("one bad file among good ones is reported with place and remedy, the good land, the exit code is 1", async (context) => {
  const life = await newLife(context);
  await write(life, "drop/a/Streaming_History_Audio_2021_0.json", history(3));
  const bad = await write(life, "drop/b/Streaming_History_Audio_2021_1.json", history(3).slice(0, 100));
  await write(life, "drop/c/Streaming_History_Audio_2021_2.json", history(2, 2022));
  const { code, stdout, stderr } = await run(life, "ingest", join(life.root, "drop"));
  assert.equal(code, 1);
  assert.match(
    stdout,
    /2 files landed: 5 rows read, 5 landed, 0 rejected; 0 files had landed before; 1 could not be read\.\n$/,
  );
  assert.ok(stderr.includes(`${bad} is cut short: its list of plays has no end`), stderr);
  assert.match(stderr, /Copy or download the file again/);
});

test("rejected rows are told with their reason and the first one's place", async (context) => {
  const life = await newLife(context);
  const rows = [{ ts: "0001-01-01T00:00:00Z", ms_played: 1 }, { ts: "2021-01-01T00:00:00Z", ms_played: 2 }, 3];
  const path = await write(life, "Streaming_History_Audio_2021_0.json", JSON.stringify(rows));
  const { code, stdout } = await run(life, "ingest", path);
  assert.equal(code, 0);
  assert.match(stdout, /1 rows rejected: ts is out of range \(first: row 1\)/);
  assert.match(stdout, /1 rows rejected: the row is no object \(first: row 3\)/);
  assert.match(stdout, /3 rows read, 1 landed, 2 rejected/);
});

test("a life of account data alone goes from its zip to gold", async (context) => {
  const life = await newLife(context, "Europe/Berlin");
  const plays = Array.from({ length: 30 }, (_, day) => ({
    endTime: `2024-04-${String(day + 1).padStart(2, "0")} 22:30`,
    artistName: "Ann",
    trackName: day % 2 === 0 ? "One" : "Two",
    msPlayed: 120_000,
  }));
  const spoken = [{ endTime: "2024-04-02 10:00", podcastName: "News", episodeName: "Monday", msPlayed: 600_000 }];
  await write(
    life,
    "data/inbox/my_spotify_data.zip",
    zip([
      { name: "MyData/StreamingHistory_music_0.json", content: JSON.stringify(plays) },
      { name: "MyData/StreamingHistory_podcast_0.json", content: JSON.stringify(spoken) },
      { name: "MyData/Userdata.json", content: "not to be opened" },
    ]),
  );
  const { code, stdout, stderr } = await run(life, "pipeline");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /1 others were not opened/);
  assert.match(stdout, /2024 \(partial\) +60 +30 +30/);
  assert.deepEqual(await life.query("select show_name, play_count::int as plays from gold.top_shows"), [
    { show_name: "News", plays: 1 },
  ]);
  // 22:30 UTC is half past midnight in Berlin's summer, so the first of April's plays is of the second.
  assert.deepEqual(
    await life.query(
      "select min(listening_date)::varchar as first, max(listening_date)::varchar as last from gold.streams",
    ),
    [{ first: "2024-04-02", last: "2024-05-01" }],
  );
});

test("a disk that fills up while landing keeps what had landed, and the next landing needs no help", async (context) => {
  const life = await newLife(context);
  await mkdir(life.dataDir, { mode: 0o700 });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", life.dataDir], { stdio: "ignore" });
  } catch {
    context.skip("mounting a small tmpfs is not allowed here");
    return;
  }
  try {
    const small = await write(life, "Streaming_History_Audio_2021_0.json", history(100));
    const large = await write(life, "Streaming_History_Audio_2022_1.json", history(60_000, 2022));
    assert.equal((await run(life, "ingest", small)).code, 0);
    const { code, stderr } = await run(life, "ingest", large);
    assert.equal(code, 1);
    assert.match(stderr, /disk is full|No space left/i);
    assert.doesNotMatch(stderr, /\n +at /, "no stack trace");
    assert.match((await run(life, "landings")).stdout, /1 files, 100 rows\./);
    assert.deepEqual(await readdir(join(life.dataDir, "tmp")), []);
    execFileSync("mount", ["-o", "remount,size=200m", life.dataDir]);
    assert.equal((await run(life, "ingest", large)).code, 0);
    assert.match((await run(life, "landings")).stdout, /2 files, 60,100 rows\./);
  } finally {
    execFileSync("umount", [life.dataDir]);
  }
});
