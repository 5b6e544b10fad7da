import assert from "node:assert/strict";
import { test } from "node:test";

import { endSignals, startSignals } from "../../../runner/alerts/stage-signals.ts";
import { journalEntry } from "../../../runner/execution/journal-events.ts";
import { readRun, type Run } from "../../../runner/execution/run-history.ts";

const at = "2026-11-01T06:00:00.000Z";
const started = { event: "run_started", command: "schedule", args: [], pid: 1, version: "1" };

function run(runId: string, ...events: readonly object[]): Run {
  const read = readRun(
    runId,
    events.map((event) => journalEntry.parse({ at, ...event })),
  );
  if (read === null) throw new Error("the events hold no run");
  return read;
}

const finished = (stage: string, status: string, error: object | null = null): object => ({
  event: "stage_finished",
  stage,
  attempt: 1,
  status,
  rows: 12,
  ms: 1500.4,
  error,
  nextAttemptAt: null,
});
const skippedFor = (stage: string, reason: string): object => ({
  event: "stage_skipped",
  stage,
  reason,
  message: "planted",
});

test("a run pings the start of each of its stages", () => {
  assert.deepEqual(
    startSignals(run("run-1", { ...started, stages: ["bronze", "build"] })).map(({ signal, pulse }) => [
      signal,
      pulse.stage,
    ]),
    [
      ["start", "bronze"],
      ["start", "build"],
    ],
  );
});

test("each stage pings how it ended: a partial one and one that its upstream held up have failed, a pinned one has not", () => {
  const ended = run(
    "run-1",
    started,
    finished("files", "success"),
    finished("poll", "partial", { kind: "network", message: "planted" }),
    finished("bronze", "failed", { kind: "stopped", message: "planted" }),
    skippedFor("build", "pinned"),
    skippedFor("predictive", "in_progress"),
    skippedFor("train", "not_due"),
    skippedFor("export", "upstream_failed"),
  );
  const signals = endSignals(ended, []);
  assert.deepEqual(
    signals.map(({ signal, pulse: { stage, status } }) => `${signal} ${stage} ${status}`),
    [
      "success files success",
      "fail poll partial",
      "success build skipped: pinned",
      "fail export skipped: upstream_failed",
    ],
  );
  assert.deepEqual(signals[0]?.pulse.counts, { rows: 12, milliseconds: 1500 });
  assert.doesNotMatch(JSON.stringify(signals), /planted/);
});

test("a build counts its nodes and failed tests", () => {
  const node = (name: string, status: string): object => ({
    event: "node_finished",
    node: `model.small.${name}`,
    status,
    rows: 1,
    ms: 1,
    message: "planted",
  });
  const part = run(
    "part-1",
    { ...started, command: "build", parent: { runId: "run-1", stage: "build", attempt: 1 } },
    node("a", "success"),
    node("b", "error"),
    node("c", "skipped"),
    {
      event: "test_finished",
      test: "test.small.t",
      node: "model.small.b",
      status: "fail",
      failures: 3,
      severity: "error",
      ms: 1,
      message: "planted",
    },
  );
  const [signal] = endSignals(run("run-1", started, finished("build", "partial")), [part]);
  assert.deepEqual(signal?.pulse.counts, {
    rows: 12,
    milliseconds: 1500,
    "nodes built": 1,
    "nodes failed": 1,
    "nodes skipped": 1,
    "tests failed": 1,
  });
});
