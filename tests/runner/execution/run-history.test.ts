import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { readJournal } from "../../../runner/execution/journal.ts";
import { lastAttempts, readRun, settleRun } from "../../../runner/execution/run-history.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const begun = {
  at: "2026-11-22T12:00:00.000Z",
  event: "run_started",
  command: "schedule",
  args: ["schedule"],
  pid: 7,
  version: "1",
  trigger: "schedule",
  slots: { bronze: "2026-11-22T12:00:00.000Z" },
  stages: ["bronze", "build", "export"],
};

const retried = [
  begun,
  { at: "2026-11-22T12:00:01.000Z", event: "stage_started", stage: "bronze", attempt: 1 },
  {
    at: "2026-11-22T12:00:04.000Z",
    event: "stage_finished",
    stage: "bronze",
    attempt: 1,
    status: "failed",
    rows: null,
    ms: 3000,
    error: { kind: "network", message: "no answer" },
    nextAttemptAt: "2026-11-22T12:00:34.000Z",
  },
  { at: "2026-11-22T12:00:34.000Z", event: "stage_started", stage: "bronze", attempt: 2 },
];

async function runOf(lines: readonly object[]): Promise<ReturnType<typeof readRun>> {
  return inScratchFolder(async (folder) => {
    const path = join(folder, "run-1.jsonl");
    await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    return readRun("run-1", await readJournal(path));
  });
}

const waiting = {
  attempt: 0,
  status: "queued",
  startedAt: null,
  finishedAt: null,
  ms: null,
  rows: null,
  error: null,
  skipped: null,
  nextAttemptAt: null,
};

test("a journal in progress tells every attempt, and what still waits", async () => {
  assert.deepEqual(await runOf(retried), {
    runId: "run-1",
    command: "schedule",
    trigger: "schedule",
    slots: { bronze: "2026-11-22T12:00:00.000Z" },
    missed: {},
    parent: null,
    pid: 7,
    startedAt: "2026-11-22T12:00:00.000Z",
    finishedAt: null,
    status: "running",
    ms: null,
    stages: [
      {
        stage: "bronze",
        attempt: 1,
        status: "failed",
        startedAt: "2026-11-22T12:00:01.000Z",
        finishedAt: "2026-11-22T12:00:04.000Z",
        ms: 3000,
        rows: null,
        error: { kind: "network", message: "no answer", retryAt: null },
        skipped: null,
        nextAttemptAt: "2026-11-22T12:00:34.000Z",
      },
      { ...waiting, stage: "bronze", attempt: 2, status: "running", startedAt: "2026-11-22T12:00:34.000Z" },
      { ...waiting, stage: "build" },
      { ...waiting, stage: "export" },
    ],
    nodes: { built: 0, failed: 0, skipped: 0, rows: 0 },
    failedTests: [],
    failedNodes: [],
    gaps: [],
    warnings: [],
    release: null,
  });
});

test("a run whose process died failed, the stage it was at was killed, what waited was skipped", async () => {
  const run = await runOf(retried);
  assert.ok(run !== null);
  const settled = settleRun(run, () => false);
  assert.equal(settled.status, "failed");
  assert.deepEqual(
    lastAttempts(settled).map(({ stage, status, attempt }) => [stage, status, attempt]),
    [
      ["bronze", "failed", 2],
      ["build", "skipped", 0],
      ["export", "skipped", 0],
    ],
  );
  assert.equal(lastAttempts(settled)[0]?.error?.kind, "killed");
  assert.equal(
    settleRun(run, () => true),
    run,
  );
});

test("a journal of an earlier version, without triggers and stages, is a run by hand", async () => {
  const { trigger: _, slots: __, stages: ___, ...old } = { ...begun, command: "build" };
  const run = await runOf([
    old,
    {
      at: "2026-11-22T12:00:01.000Z",
      event: "node_finished",
      node: "a",
      status: "success",
      rows: 5,
      ms: 1,
      message: null,
    },
    {
      at: "2026-11-22T12:00:01.000Z",
      event: "node_finished",
      node: "b",
      status: "error",
      rows: null,
      ms: 1,
      message: "1 row",
    },
    { at: "2026-11-22T12:00:02.000Z", event: "run_finished", status: "error", ms: 2000 },
  ]);
  assert.deepEqual(
    [run?.trigger, run?.status, run?.stages, run?.nodes, run?.failedNodes],
    ["manual", "failed", [], { built: 1, failed: 1, skipped: 0, rows: 5 }, [{ node: "b", message: "1 row" }]],
  );
});

test("lines without a beginning are no run", async () => {
  assert.equal(await runOf(retried.slice(1)), null);
});
