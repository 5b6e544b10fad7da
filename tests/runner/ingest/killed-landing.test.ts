import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { listBatches } from "../../../runner/ingest/batches.ts";
import { type LandingBench, withLandingBench } from "../../support/landing.ts";
import { listFiles } from "../../support/list-files.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";

const files = 6;
const rowsOfFile = 8000;
const kills = 20;
const repository = resolve(import.meta.dirname, "../../..");

test(`a landing killed at any of ${kills} moments leaves each batch whole or not at all, and no copy after the next start`, () =>
  withLandingBench(async (bench) => {
    const inbox = await writeExport(bench);
    // The first one of a machine is slow: the shortest so far is what a landing takes.
    let whole = await timeOf(bench, inbox);
    let stopped = 0;
    for (let kill = 0; kill < kills; kill++) {
      await rm(bench.dataDir, { recursive: true, force: true });
      // The first fifth is the start of the process.
      const delay = whole * (0.2 + (0.8 * (kill + Math.random())) / kills);
      const place = `killed after ${delay.toFixed(0)} of ${whole.toFixed(0)} ms`;
      const took = await landAndKill(bench, inbox, delay);
      if (took === null) stopped += 1;
      else whole = Math.min(whole, took);
      const landed = await checkBatches(bench, place);
      const report = await bench.land([inbox]);
      assert.deepEqual(report.failures, [], place);
      const statuses = report.files.map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === "already landed").length, landed, place);
      assert.equal(await checkBatches(bench, place), files, place);
      const left = (await listFiles(bench.dataDir)).filter((path) => !/^(bronze|locks|runs)\//.test(path));
      assert.deepEqual(left, [], place);
    }
    assert.ok(stopped >= kills / 2, `only ${stopped} of ${kills} landings were still at work when they were killed`);
  }));

async function writeExport(bench: LandingBench): Promise<string> {
  for (let file = 0; file < files; file++) {
    const rows = Array.from({ length: rowsOfFile }, (_, row) => ({
      ts: new Date(Date.UTC(2015 + file, 0, 1) + row * 1_800_000).toISOString().replace(".000Z", "Z"),
      username: "person-4711",
      ms_played: row,
      spotify_track_uri: `spotify:track:${row}`,
      master_metadata_track_name: `Song ${row}`,
    }));
    await bench.write(`inbox/Streaming_History_Audio_${2015 + file}.json`, rows);
  }
  return join(bench.root, "inbox");
}

async function timeOf(bench: LandingBench, inbox: string): Promise<number> {
  const started = performance.now();
  assert.equal((await outcomeOf(start(bench, inbox))).code, 0);
  return performance.now() - started;
}

/** Null where the landing was still at work, otherwise how many milliseconds it had taken. */
async function landAndKill(bench: LandingBench, inbox: string, delay: number): Promise<number | null> {
  const started = performance.now();
  const child = start(bench, inbox);
  const done = outcomeOf(child);
  await Promise.race([sleep(delay), done]);
  child.kill("SIGKILL");
  return (await done).code === null ? null : performance.now() - started;
}

function start(bench: LandingBench, inbox: string): ReturnType<typeof startTonearm> {
  const environment = { DATA_DIR: bench.dataDir, TONEARM_TIMEZONE: "UTC" };
  return startTonearm(["ingest", inbox], { cwd: repository, environment });
}

/** The number of batches that count; each has all of its rows and its record. */
async function checkBatches(bench: LandingBench, place: string): Promise<number> {
  const ids = (await listBatches(bench.dataDir))["listening_history"] ?? [];
  if (ids.length === 0) return 0;
  const list = ids.map((id) => `'${id}'`).join(", ");
  const counted = `where batch_id in (${list})`;
  const rows = await bench.rows(
    "listening_history",
    `select batch_id, count(*) as "rows" from landed ${counted} group by all order by all`,
  );
  const records = await bench.rows(
    "landings",
    `select batch_id, rows_landed as "rows" from landed ${counted} order by all`,
  );
  assert.deepEqual(rows, records, place);
  assert.deepEqual(
    rows.map((row) => row["rows"]),
    ids.map(() => rowsOfFile),
    place,
  );
  return ids.length;
}
