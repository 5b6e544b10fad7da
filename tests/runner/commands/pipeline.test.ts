import assert from "node:assert/strict";
import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";

import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { cellText, type Row } from "../../../runner/warehouse/cells.ts";
import { keepCaches, takeCaches } from "../../support/compiled-before.ts";
import { type Outcome, outcomeOf, startTonearm } from "../../support/tonearm.ts";

const repository = resolve(import.meta.dirname, "../../..");
const projectFiles = ["project.yml", "models", "seeds", "tests/models", "package.json"];

/** A copy of the real project, so that nothing is written into the repository. */
async function copyProject(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "tonearm-project-"));
  for (const path of projectFiles) await cp(join(repository, path), join(root, path), { recursive: true });
  await symlink(join(repository, "node_modules"), join(root, "node_modules"));
  await takeCaches(root, "pipeline");
  return root;
}

async function removeProject(root: string): Promise<void> {
  await keepCaches(root, "pipeline");
  await rm(root, { recursive: true, force: true });
}

async function query(root: string, sql: string, dataDir = "data"): Promise<readonly Row[]> {
  const path = join(root, dataDir, "warehouse.duckdb");
  return withDuckDB({ path, readOnly: true }, async (database) => (await database.connect()).query(sql));
}

describe("the demo", () => {
  let root = "";
  let first: Outcome;
  const run = (...args: readonly string[]): Promise<Outcome> => outcomeOf(startTonearm(args, { cwd: root }));

  before(async () => {
    root = await copyProject();
    first = await run("pipeline", "--demo");
  });
  after(() => removeProject(root));

  test("runs with nothing else needed and ends in a summary", () => {
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /Minutes of music a year\nyear +minutes +plays +streams\n/);
    assert.match(first.stdout, /Top artists\n/);
    assert.match(first.stdout, /New since the last run\nThis was the first run: /);
    assert.match(first.stdout, /Audio features\nKnown for \d+\.\d % of your streams/);
    assert.match(first.stdout, /Next\n  DATA_DIR=data\/demo npm run show .*\n +\S.*\n$/);
  });

  test("says first and last that it is made up, and in every comment", async () => {
    assert.match(first.stdout, /^Demo data: .* made up\.\n/);
    assert.equal(first.stdout.match(/Demo data: .* made up\./g)?.length, 2);
    const unlabelled = await query(
      root,
      "select table_name from duckdb_tables() where schema_name in ('silver', 'gold') and comment not like 'Demo data. %'",
      "data/demo",
    );
    assert.deepEqual(unlabelled, []);
  });

  test("accounts for every row of its own files", async () => {
    const files = ["Audio_2023-2024_0", "Audio_2023-2024_1", "Video_2023-2024"];
    const texts = await Promise.all(
      files.map((name) =>
        readFile(
          join(root, "data/demo/inbox/Spotify Extended Streaming History", `Streaming_History_${name}.json`),
          "utf8",
        ),
      ),
    );
    const rows = texts.flatMap((text): readonly { ts: string; ms_played: number; spotify_track_uri: string | null }[] =>
      JSON.parse(text),
    );
    const [{ kept = 0, read = 0, dropped = 0 } = {}] = await query(
      root,
      "select sum(plays_kept)::int as kept, sum(rows_in)::int as read, sum(exact_copies + near_copies + other_file_copies)::int as dropped from silver.play_reconciliation",
      "data/demo",
    );
    assert.equal(read, rows.length);
    assert.equal(Number(kept) + Number(dropped), rows.length);
    // Distinct ends and tracks are a lower bound of plays, all rows an upper one.
    const distinct = new Set(
      rows.map(({ ts, spotify_track_uri: uri, ms_played: ms }) => `${ts} ${uri} ${uri === null ? ms : ""}`),
    ).size;
    assert.ok(
      Number(kept) >= distinct && Number(kept) < rows.length,
      `${Number(kept)} of ${rows.length}, distinct ${distinct}`,
    );
  });

  test("a second run finds nothing new", async () => {
    const { code, stdout } = await run("pipeline", "--demo");
    assert.equal(code, 0);
    assert.match(stdout, /0 files landed: 0 rows read, 0 landed, 0 rejected; 4 files had landed before/);
    assert.match(stdout, /Nothing to do/);
    assert.match(stdout, /New since the last run\nNothing; the warehouse holds /);
  });

  test("leaves the real warehouse and project.yml alone", async () => {
    assert.equal(
      await readFile(join(root, "project.yml"), "utf8"),
      await readFile(join(repository, "project.yml"), "utf8"),
    );
    const { code, stderr } = await run("show", "--select", "plays");
    assert.equal(code, 1);
    assert.match(stderr, /silver\.plays has not been built yet/);
  });

  test("show prints an aligned table and says that it is demo data", async () => {
    const environment = { DATA_DIR: "data/demo" };
    const args = ["show", "--select", "top_tracks_by_mood", "--limit", "3"];
    const { code, stdout } = await outcomeOf(startTonearm(args, { cwd: root, environment }));
    assert.equal(code, 0);
    assert.match(stdout, /^Demo data: /);
    const lines = stdout.split("\n").filter((line) => line !== "");
    const [heading = "", rule = ""] = lines.slice(2);
    assert.match(
      heading,
      /^track_id +track_name +artist_name +mood_category +valence +energy +danceability +tempo +play_count +rank_in_category$/,
    );
    assert.equal(lines.length, 2 + 2 + 3);
    assert.equal(heading.length, rule.length);
  });

  test("another export in the demo's place starts afresh, and what to do next names the data folder", async () => {
    const marker = join(root, "data/demo/demo.json");
    const text = await readFile(marker, "utf8");
    await writeFile(marker, text.replace(/"export": "[^"]+"/, '"export": "of an older version"'));
    const elsewhere = `${root}-data`;
    await symlink(join(root, "data"), elsewhere);
    const environment = { DATA_DIR: elsewhere };
    const { code, stdout } = await outcomeOf(startTonearm(["pipeline", "--demo"], { cwd: root, environment }));
    await rm(elsewhere);
    assert.equal(code, 0);
    assert.match(stdout, /4 files landed: /);
    assert.ok(stdout.includes(`\n  DATA_DIR=${elsewhere}/demo npm run show`), stdout);
    assert.equal(await readFile(marker, "utf8"), text);
  });
});

describe("a life without a catalogue", () => {
  let root = "";
  let outcome: Outcome;
  const run = (...args: readonly string[]): Promise<Outcome> =>
    outcomeOf(startTonearm(args, { cwd: root, environment: { TZ: "Europe/Berlin" } }));
  const play = (ts: string, uri: string, name: string): object => ({
    ts,
    username: "someone",
    platform: "android",
    ms_played: 180_000,
    conn_country: "DE",
    ip_addr_decrypted: "192.0.2.7",
    user_agent_decrypted: "unknown",
    master_metadata_track_name: name,
    master_metadata_album_artist_name: "An Artist",
    master_metadata_album_album_name: "An Album",
    spotify_track_uri: `spotify:track:${uri}`,
    episode_name: null,
    episode_show_name: null,
    spotify_episode_uri: null,
    reason_start: "trackdone",
    reason_end: "trackdone",
    shuffle: false,
    skipped: false,
    offline: false,
    offline_timestamp: null,
    incognito_mode: false,
  });

  before(async () => {
    root = await copyProject();
    await mkdir(join(root, "inbox"));
    const rows = [
      play("2024-03-31T00:59:00Z", "aaaaaaaaaaaaaaaaaaaaaa", "Before the clock goes forward"),
      play("2024-03-31T01:10:00Z", "bbbbbbbbbbbbbbbbbbbbbb", "After it"),
    ];
    await writeFile(join(root, "inbox", "Streaming_History_Audio_2024.json"), JSON.stringify(rows));
    outcome = await run("pipeline");
  });
  after(() => removeProject(root));

  test("builds everything, mood tables empty and saying why", async () => {
    assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
    assert.deepEqual(await query(root, "select count(*) as moods from gold.top_tracks_by_mood"), [{ moods: 0 }]);
    const [row] = await query(root, "select comment from duckdb_tables() where table_name = 'top_tracks_by_mood'");
    assert.match(cellText(row?.["comment"]), /catalogue/);
    assert.match(outcome.stdout, /There is no catalogue yet.*empty/);
    assert.match(outcome.stdout, /dataset\.csv of the Spotify Tracks Dataset/);
    assert.match(outcome.stdout, /kaggle\.com\/datasets\/maharshipandya\/-spotify-tracks-dataset, licence ODbL 1\.0/);
  });

  test("writes the machine's time zone into project.yml once and counts local hours by it", async () => {
    assert.match(outcome.stdout, /Time zone: Europe\/Berlin .*written to project\.yml/);
    const text = await readFile(join(root, "project.yml"), "utf8");
    assert.match(text, /^ {2}timezone: Europe\/Berlin$/m);
    const hours = await query(root, "select hour_of_day from silver.listening_with_features order by started_at");
    // 00:56 UTC is 01:56 in Berlin; 01:07 UTC, eleven minutes on, is 03:07.
    assert.deepEqual(hours, [{ hour_of_day: 1 }, { hour_of_day: 3 }]);
    const again = await run("list");
    assert.doesNotMatch(again.stdout, /Time zone/);
  });

  test("holds no IP address, user name or user agent anywhere below data", async () => {
    const { stdout } = await outcomeOf(
      (await import("node:child_process")).spawn("grep", [
        "-rlE",
        "192\\.0\\.2\\.7|someone",
        join(root, "data"),
        join(root, "target"),
      ]),
    );
    assert.equal(stdout, "");
  });

  test("an unknown time zone is refused with its place and the nearest name", async () => {
    await writeFile(
      join(root, "project.yml"),
      (await readFile(join(root, "project.yml"), "utf8")).replace("Europe/Berlin", "Europe/Berlni"),
    );
    const { code, stderr } = await run("build");
    assert.equal(code, 2);
    assert.match(stderr, /project\.yml:\d+:13 unknown time zone 'Europe\/Berlni'/);
    assert.match(stderr, /did you mean 'Europe\/Berlin'\?/);
  });
});

test("an empty inbox builds an empty warehouse and says how to get an export", async (t) => {
  const root = await copyProject();
  t.after(() => removeProject(root));
  const { code, stdout } = await outcomeOf(startTonearm(["pipeline"], { cwd: root }));
  assert.equal(code, 0);
  assert.match(stdout, /No plays yet\nAsk Spotify for your Extended streaming history/);
  assert.deepEqual(await query(root, "select count(*) as plays from bronze.listening_history"), [{ plays: 0 }]);
});
