import assert from "node:assert/strict";
import { test } from "node:test";

import { stageOutcomes } from "../../../runner/alerts/stage-outcomes.ts";
import type { StageOutcome } from "../../../runner/alerts/watch.ts";
import { journalEntry } from "../../../runner/execution/journal-events.ts";
import { readRun, type Run, settleRun } from "../../../runner/execution/run-history.ts";

const now = new Date("2026-11-01T09:00:00Z");
const started = { event: "run_started", args: [], pid: 1, version: "1", at: "2026-11-01T06:00:00.000Z" };

/** A run as its journal's lines tell it, each a second after the other. */
function run(runId: string, head: object, ...events: readonly object[]): Run {
  const entries = [{ ...started, ...head }, ...events].map((event, second) =>
    journalEntry.parse({ at: new Date(Date.UTC(2026, 10, 1, 6, 0, second)).toISOString(), ...event }),
  );
  const read = readRun(runId, entries);
  if (read === null) throw new Error("the lines hold no run");
  return read;
}

const stage = (name: string, status: string, more: object = {}): readonly object[] => [
  { event: "stage_started", stage: name, attempt: "attempt" in more ? more.attempt : 1 },
  {
    event: "stage_finished",
    stage: name,
    attempt: 1,
    status,
    rows: null,
    ms: 1000,
    error: null,
    nextAttemptAt: null,
    ...more,
  },
];
const finished = (status: string): object => ({ event: "run_finished", status, ms: 1 });
const scheduled = { command: "schedule", trigger: "schedule", stages: ["build", "export"] };
const planted = "planted title";

/** A build that was a part of another run. */
const part = (attempt: number, ...events: readonly object[]): Run =>
  run(`part-${attempt}`, { command: "build", parent: { runId: "run-1", stage: "build", attempt } }, ...events);

const summary = ({ stage: name, status, error, failures }: StageOutcome): object => ({ name, status, error, failures });

test("a stage's outcome has its failed nodes and tests by name, its place, and no row", () => {
  const build = part(
    1,
    {
      event: "test_finished",
      test: "test.tonearm.unique_plays_play_id",
      node: "model.tonearm.plays",
      status: "fail",
      failures: 3,
      severity: "error",
      ms: 1,
      message: `models/silver/plays.sql:5:1 data test fails on '${planted}'`,
    },
    {
      event: "test_finished",
      test: "test.tonearm.range_plays_ms",
      node: "model.tonearm.plays",
      status: "warn",
      failures: 9,
      severity: "warn",
      ms: 1,
      message: "",
    },
    {
      event: "node_finished",
      node: "model.tonearm.plays",
      status: "error",
      rows: null,
      ms: 1,
      message: `models/silver/plays.sql:5:1 data test fails on '${planted}'`,
    },
    {
      event: "node_finished",
      node: "model.tonearm.streams",
      status: "error",
      rows: null,
      ms: 1,
      message: `models/gold/streams.sql:12:19 could not convert '${planted}' to INT32`,
    },
    {
      event: "node_finished",
      node: "source.tonearm.bronze.kaggle_tracks",
      status: "error",
      rows: null,
      ms: 1,
      message: `could not read '${planted}'`,
    },
    finished("failed"),
  );
  const outcomes = stageOutcomes(
    run(
      "run-1",
      scheduled,
      ...stage("build", "failed", { error: { kind: "test", message: `a test fails on '${planted}'` } }),
      ...stage("export", "failed", {
        error: { kind: "network", message: "Postgres me@host/db: nobody answers there\n\nhint" },
      }),
      finished("failed"),
    ),
    [build],
    now,
  );
  assert.deepEqual(outcomes, [
    {
      runId: "run-1",
      stage: "build",
      trigger: "schedule",
      status: "failed",
      startedAt: new Date("2026-11-01T06:00:01Z"),
      finishedAt: new Date("2026-11-01T06:00:02Z"),
      error: "data tests failed",
      failures: [
        { name: "plays", place: "models/silver/plays.sql:5:1", tests: [{ name: "unique_plays_play_id", rows: 3 }] },
        { name: "streams", place: "models/gold/streams.sql:12:19", tests: [] },
        { name: "bronze.kaggle_tracks", place: null, tests: [] },
      ],
      gaps: [],
    },
    {
      runId: "run-1",
      stage: "export",
      trigger: "schedule",
      status: "failed",
      startedAt: new Date("2026-11-01T06:00:03Z"),
      finishedAt: new Date("2026-11-01T06:00:04Z"),
      error: "Postgres me@host/db: nobody answers there",
      failures: [],
      gaps: [],
    },
  ]);
  assert.doesNotMatch(JSON.stringify(outcomes), /planted/);
});

test("of a stage that was tried again only the last attempt counts", () => {
  const failing = part(1, {
    event: "node_finished",
    node: "model.tonearm.plays",
    status: "error",
    rows: null,
    ms: 1,
    message: "models/silver/plays.sql:5:1 no",
  });
  const outcomes = stageOutcomes(
    run(
      "run-1",
      scheduled,
      ...stage("build", "failed", {
        error: { kind: "lock", message: "held" },
        nextAttemptAt: "2026-11-01T06:01:00.000Z",
      }),
      ...stage("build", "success", { attempt: 2 }),
      { event: "stage_skipped", stage: "export", reason: "not_configured", message: "no POSTGRES_URL" },
      finished("success"),
    ),
    [failing],
    now,
  );
  assert.deepEqual(outcomes.map(summary), [{ name: "build", status: "success", error: null, failures: [] }]);
});

test("a run that was killed has failed; one that was stopped has not, nor one by hand or a part of another", () => {
  const killed = settleRun(
    run("run-2", scheduled, { event: "stage_started", stage: "build", attempt: 1 }),
    () => false,
  );
  const [outcome] = stageOutcomes(killed, [], now);
  assert.deepEqual(
    [outcome?.status, outcome?.finishedAt, outcome?.error],
    ["failed", now, "the process ended before the stage did: it was killed, or the machine went down"],
  );
  const stopped = stage("build", "failed", { error: { kind: "stopped", message: "Stopped by SIGTERM." } });
  assert.deepEqual(stageOutcomes(run("run-3", scheduled, ...stopped, finished("failed")), [], now), []);
  const failed = [...stage("build", "failed", { error: { kind: "sql", message: planted } }), finished("failed")];
  const byHand = { command: "build", trigger: "manual" };
  assert.deepEqual(stageOutcomes(run("run-4", byHand, ...failed), [], now), []);
  assert.deepEqual(stageOutcomes(part(1, ...failed), [], now), []);
  assert.deepEqual(stageOutcomes(run("run-5", scheduled, failed[0] ?? {}), [], now), [], "it runs");
  const pipeline = run("run-6", { command: "pipeline", trigger: "manual" }, ...failed);
  assert.equal(stageOutcomes(pipeline, [], now)[0]?.error, "a model could not be built");
});

test("a gap belongs to the stage that asked Spotify", () => {
  const gap = { event: "gap", from: "2026-11-01T01:00:00.000Z", to: "2026-11-01T05:00:00.000Z" };
  const stages = [...stage("poll", "success"), gap, ...stage("build", "success"), finished("success")];
  assert.deepEqual(
    stageOutcomes(run("run-8", { ...scheduled, stages: ["poll", "build"] }, ...stages), [], now).map((outcome) => [
      outcome.stage,
      outcome.gaps,
    ]),
    [
      ["poll", [{ from: new Date(gap.from), to: new Date(gap.to) }]],
      ["build", []],
    ],
  );
});

test("a journal of an earlier version, which has no stages, tells nothing", () => {
  assert.deepEqual(stageOutcomes(run("run-7", { command: "pipeline" }, finished("error")), [], now), []);
});
