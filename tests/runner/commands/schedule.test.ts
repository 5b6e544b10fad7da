import assert from "node:assert/strict";
import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";

import { parse, stringify } from "yaml";
import { z } from "zod";

import { readHistory } from "../../../runner/execution/read-history.ts";
import { lastAttempts, type Run } from "../../../runner/execution/run-history.ts";
import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { differencesOf, relationsOf } from "../../support/compare-warehouses.ts";
import { printed, smallModels } from "../../support/spotify-life.ts";
import { outcomeOf, type Scratch, scratchProject, startTonearm } from "../../support/tonearm.ts";
import { waitFor } from "../../support/wait-for.ts";

const repository = join(import.meta.dirname, "../../..");
const environment = { TONEARM_TIMEZONE: "UTC" };

async function newLife(context: Pick<TestContext, "after">): Promise<Scratch> {
  const text = await readFile(join(repository, "project.yml"), "utf8");
  const project = z.record(z.string(), z.unknown()).parse(parse(text));
  const models = { silver: { schema: "silver", critical: true }, gold: { schema: "gold" } };
  // No slot comes while the test runs.
  const stages = Object.fromEntries(
    ["poll", "bronze", "predictive", "train"].map((stage) => [stage, { cron: "0 0 1 1 *" }]),
  );
  const files = { "project.yml": stringify({ ...project, models, schedules: { stages } }), ...smallModels };
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

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.exitCode;
}

test("a scheduler runs everything at once, reads project.yml again, and ends when it is told to", async (context) => {
  const life = await newLife(context);
  const child = startSchedule(life);
  context.after(() => child.kill("SIGKILL"));
  await printed(child, "export");
  await waitFor(async () => (await runsOf(life)).filter(({ status }) => status !== "running").length === 2);

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
        ["predictive", "skipped", null, "not_configured"],
        ["train", "success", 0, null],
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
      assert.equal(names.length, 5);
      for (const name of names) assert.deepEqual(await differencesOf(connection, name, ["original", "restored"]), []);
    });
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
  });
});

test("SIGTERM ends a scheduler and the stage that is at work; killed with -9, the stage ends by itself", async (context) => {
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
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const before = (await builds()).length;
    const child = startSchedule(life);
    context.after(() => child.kill("SIGKILL"));
    child.stdout?.resume();
    child.stderr?.resume();
    await waitFor(async () => (await working()) && (await builds()).length > before);
    child.kill(signal);
    assert.equal(await exitOf(child), signal === "SIGTERM" ? 143 : null);
    await waitFor(async () => (await builds()).every(({ status }) => status !== "running"));
    const last = (await runsOf(life)).findLast(({ stages }) => stages.some(({ stage }) => stage === "build"));
    const build = lastAttempts(last ?? assert.fail()).find(({ stage }) => stage === "build");
    assert.equal(build?.error?.kind, signal === "SIGTERM" ? "stopped" : "killed");
  }
});
