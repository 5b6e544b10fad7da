import assert from "node:assert/strict";
import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { parse, stringify } from "yaml";
import * as z from "zod";

import { newRunId, openJournal } from "../../../runner/execution/journal.ts";
import { readHistory } from "../../../runner/execution/read-history.ts";
import { lastAttempts, type Run } from "../../../runner/execution/run-history.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { writePin } from "../../../runner/warehouse/pin.ts";
import { readCurrentRelease } from "../../../runner/warehouse/releases.ts";
import { differencesOf, relationsOf } from "../../support/compare-warehouses.ts";
import { printed, smallModels } from "../../support/spotify-life.ts";
import { outcomeOf, type Scratch, scratchProject, startTonearm } from "../../support/tonearm.ts";
import { waitFor } from "../../support/wait-for.ts";

const repository = join(import.meta.dirname, "../../..");
const environment = { TONEARM_TIMEZONE: "UTC" };

/** Something to learn, and what is scored with it. */
const learning = {
  "models/gold/sizes.sql": `/*---
description: A training set.
materialized: trained_model
training: { task: regression, label: label, key: id, group: id, algorithms: [mean, ridge] }
tags: [predictive]
columns: [{ name: id, description: Key. }, { name: size, description: Size. }, { name: label, description: Label. }]
---*/
select range as id, (range % 17) / 17 as size, 2 * size + (range * 7 % 11) / 11 as label from range(300)
`,
  "models/gold/size_scores.sql": `/*---
description: Scores.
materialized: predictions
scored_by: sizes
tags: [predictive]
columns: [{ name: id, description: Key. }, { name: size, description: Size. }, { name: prediction, description: Label. }]
---*/
select range as id, (range % 13) / 13 as size from range(200)
`,
};

/** What comes by no slot while a test runs. */
const never = "0 0 1 1 *";
const scheduled = Object.fromEntries(
  ["poll", "bronze", "predictive", "train"].map((stage) => [stage, { cron: never }]),
);

async function projectText(stages: object): Promise<string> {
  const text = await readFile(join(repository, "project.yml"), "utf8");
  const project = z.record(z.string(), z.unknown()).parse(parse(text));
  const models = { silver: { schema: "silver", critical: true }, gold: { schema: "gold" } };
  return stringify({ ...project, models, schedules: { stages } });
}

async function newLife(context: Pick<TestContext, "after">): Promise<Scratch> {
  const files = { "project.yml": await projectText(scheduled), ...smallModels };
  const life = await scratchProject(context, files);
  await mkdir(join(life.root, "inbox"));
  const play = {
    ts: "2024-05-01T10:00:00Z",
    ms_played: 180_000,
    master_metadata_track_name: "One",
    spotify_track_uri: "spotify:track:aaaaaaaaaaaaaaaaaaaaaa",
    master_metadata_album_artist_name: "Ann",
  };
  await writeFile(join(life.root, "inbox", "Streaming_History_Audio_2024.json"), JSON.stringify([play]));
  return life;
}

async function runsOf({ dataDir }: Scratch): Promise<readonly Run[]> {
  return (await readHistory({ runsFolder: join(dataDir, "runs") })).runs.filter(({ parent }) => parent === null);
}

function startSchedule({ root }: Scratch): ChildProcess {
  return startTonearm(["schedule"], { cwd: root, environment });
}

/** A journal of a run that began so many days ago. */
async function writeOldRun({ dataDir }: Scratch, daysAgo: number): Promise<void> {
  const at = new Date(Date.now() - daysAgo * 24 * 3_600_000);
  const journal = await openJournal(dataDir, newRunId(at, 1), () => at);
  journal.write({ event: "run_started", command: "ingest", args: [], pid: 1, version: "1" });
  journal.write({ event: "run_finished", status: "success", ms: daysAgo });
  journal.close();
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

test("a scheduler runs everything at once, reads project.yml again, and ends when it is told to", async (context) => {
  const life = await newLife(context);
  await life.write(learning);
  for (const daysAgo of [80, 100]) await writeOldRun(life, daysAgo);
  const child = startSchedule(life);
  context.after(() => child.kill("SIGKILL"));
  await printed(child, "export");
  const isScheduled = ({ command, status }: Run): boolean => command === "schedule" && status !== "running";
  await waitFor(async () => (await runsOf(life)).filter(isScheduled).length === 2);

  await context.test(
    "the scheduler itself has no DuckDB loaded",
    { skip: !existsSync("/proc/self/maps") },
    async () => {
      const mapped = await readFile(`/proc/${child.pid}/maps`, "utf8");
      assert.match(mapped, /\/node/);
      assert.doesNotMatch(mapped, /duckdb/);
    },
  );

  await context.test("each stage is told of with its rows, and parts are runs of their own", async () => {
    const main = (await runsOf(life)).find(({ stages }) => stages.length > 1);
    assert.deepEqual(
      lastAttempts(main ?? assert.fail()).map(({ stage, status, rows, skipped }) => [
        stage,
        status,
        rows,
        skipped?.reason ?? null,
      ]),
      [
        ["bronze", "success", 1, null],
        ["build", "success", 2, null],
        ["predictive", "success", 500, null],
        ["train", "success", 200, null],
        ["export", "skipped", null, "not_configured"],
      ],
    );
    const { code, stdout } = await outcomeOf(
      startTonearm(["runs", main?.runId ?? ""], { cwd: life.root, environment }),
    );
    assert.equal(code, 0);
    assert.match(stdout, /bronze {6}success in \d+\.\d s, 1 rows\n/);
    assert.match(stdout, /Build of build, run \S+: \d+ nodes built .* published release 1/);
  });

  await context.test("a second scheduler is refused", async () => {
    const { code, stderr } = await outcomeOf(startSchedule(life));
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`another scheduler runs on this data folder: process ${child.pid}, `));
  });

  await context.test(
    "a project.yml that became invalid changes nothing and is a failed run; mended, it is read",
    async () => {
      const path = join(life.root, "project.yml");
      const sound = await readFile(path, "utf8");
      const reloads = async (): Promise<readonly string[]> =>
        (await runsOf(life)).filter(({ command }) => command === "reload").map(({ status }) => status);
      await writeFile(path, sound.replace("schedules:", "schedulse:"));
      child.kill("SIGHUP");
      await waitFor(async () => (await reloads()).join() === "failed");
      await writeFile(path, sound);
      child.kill("SIGHUP");
      await waitFor(async () => (await reloads()).join() === "failed,success");
      assert.equal(child.exitCode, null);
    },
  );

  await context.test("SIGTERM ends it with 143, and nobody holds the place", async () => {
    child.kill("SIGTERM");
    assert.equal(await exitOf(child), 143);
    const { stdout } = await outcomeOf(startTonearm(["status"], { cwd: life.root, environment }));
    assert.match(stdout, /scheduler {3}not running: npm run schedule\n/);
    assert.match(stdout, /\n {2}build {7}\d{4}-\d\d-\d\d \d\d:\d\d +success +2 +after bronze\n/);
  });

  await context.test("bronze and the registry alone give equal tables elsewhere", async () => {
    const restored = join(life.root, "restored");
    for (const folder of ["bronze", "registry"])
      await cp(join(life.dataDir, folder), join(restored, folder), { recursive: true });
    const { code, stderr } = await outcomeOf(
      startTonearm(["build"], { cwd: life.root, environment: { ...environment, DATA_DIR: restored } }),
    );
    assert.equal(code, 0, stderr);
    await withDuckDB({}, async (database) => {
      const connection = await database.connect();
      await connection.run(`attach '${join(life.dataDir, "warehouse.duckdb")}' as original (read_only)`);
      await connection.run(`attach '${join(restored, "warehouse.duckdb")}' as restored (read_only)`);
      const names = await relationsOf(connection, "original", ["silver", "gold", "seeds"]);
      assert.equal(names.length, 7);
      for (const name of names) assert.deepEqual(await differencesOf(connection, name, ["original", "restored"]), []);
      const scored =
        "select model_version::int as version, count(prediction)::int as rows from restored.gold.size_scores";
      assert.deepEqual(await connection.query(`${scored} group by all`), [{ version: 1, rows: 200 }]);
    });
  });

  await context.test("a pinned release is left alone, and the skipped stage says why", async () => {
    const release = (await readCurrentRelease(life.dataDir))?.number ?? assert.fail();
    await writePin(life.dataDir, { release, runId: "rollback", since: "2026-11-01T00:00:00.000Z" });
    const by = Object.fromEntries(["poll", "bronze", "predictive", "train"].map((stage) => [stage, { cron: null }]));
    const stages = { ...by, build: { cron: never, after: [] }, export: { after: [] } };
    await life.write({ "project.yml": await projectText(stages) });
    const again = startSchedule(life);
    context.after(() => again.kill("SIGKILL"));
    const isPinned = async (): Promise<boolean> =>
      (await runsOf(life)).some(({ stages: ran }) => ran.some(({ skipped }) => skipped?.reason === "pinned"));
    await waitFor(isPinned);
    again.kill("SIGTERM");
    assert.equal(await exitOf(again), 143);
    const last = (await runsOf(life)).at(-1) ?? assert.fail();
    assert.deepEqual(
      lastAttempts(last).map(({ stage, skipped }) => [stage, skipped?.message]),
      [["build", `release ${release} is pinned since 2026-11-01T00:00:00.000Z: npm run unpin`]],
    );
    assert.equal((await readCurrentRelease(life.dataDir))?.number, release);
  });

  await context.test("meta holds the runs, their stages and their tests", async () => {
    await outcomeOf(startTonearm(["build", "--force"], { cwd: life.root, environment }));
    assert.deepEqual(
      await life.query(
        "select stage, attempt::int as attempt, status, row_count::int as row_count from meta.stage_runs where stage in ('bronze', 'reload') order by all",
      ),
      [
        { stage: "bronze", attempt: 1, status: "success", row_count: 1 },
        { stage: "reload", attempt: 1, status: "failed", row_count: null },
        { stage: "reload", attempt: 1, status: "success", row_count: null },
      ],
    );
    assert.deepEqual(
      await life.query(
        "select error is not null as is_told from meta.runs where command = 'reload' and status = 'failed'",
      ),
      [{ is_told: true }],
    );
    // Of the two old ones, that from before keep_runs_days is left out.
    assert.deepEqual(
      await life.query(
        "select date_diff('day', started_at, current_date::timestamp)::int as days from meta.runs where command = 'ingest'",
      ),
      [{ days: 80 }],
    );
  });
});

test("SIGTERM ends a scheduler and the stage that is at work, a second one at once; killed with -9, the stage ends by itself", async (context) => {
  const life = await newLife(context);
  // A build that takes longer than anybody waits.
  await life.write({
    "models/silver/endless.sql":
      "/*---\ndescription: Endless.\n---*/\nselect count(*) as n from range(1000000) as a, range(100000000) as b where a.range + b.range = -1\n",
  });
  const working = async (): Promise<boolean> =>
    (await runsOf(life)).some(
      ({ status, stages }) =>
        status === "running" && stages.some((one) => one.stage === "build" && one.status === "running"),
    );
  const builds = async (): Promise<readonly Run[]> =>
    (await readHistory({ runsFolder: join(life.dataDir, "runs") })).runs.filter(
      ({ parent }) => parent?.stage === "build",
    );
  for (const [signal, again] of [["SIGTERM"], ["SIGTERM", "SIGTERM"], ["SIGKILL"]] as const) {
    const before = (await builds()).length;
    const child = startSchedule(life);
    context.after(() => child.kill("SIGKILL"));
    child.stdout?.resume();
    child.stderr?.resume();
    await waitFor(async () => (await working()) && (await builds()).length > before);
    child.kill(signal);
    if (again !== undefined) {
      await sleep(20);
      child.kill(again);
    }
    const code = await exitOf(child);
    // With two signals, the stage may have ended before the second came.
    if (again === undefined || code !== null) assert.equal(code, signal === "SIGTERM" ? 143 : null);
    else assert.equal(child.signalCode, again);
    await waitFor(async () => (await builds()).every(({ status }) => status !== "running"));
    const last = (await runsOf(life)).findLast(({ stages }) => stages.some(({ stage }) => stage === "build"));
    const build = lastAttempts(last ?? assert.fail()).find(({ stage }) => stage === "build");
    const kinds = again === undefined ? [signal === "SIGTERM" ? "stopped" : "killed"] : ["stopped", "killed"];
    assert.ok(kinds.includes(build?.error?.kind ?? ""), build?.error?.kind);
  }
});
