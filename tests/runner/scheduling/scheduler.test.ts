import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import type { ErrorKind } from "../../../runner/execution/journal-events.ts";
import { newRunId, openJournal } from "../../../runner/execution/journal.ts";
import type { Run } from "../../../runner/execution/run-history.ts";
import { failed, type StageOutcome, succeeded } from "../../../runner/execution/stage-outcome.ts";
import type { StageAttempt } from "../../../runner/scheduling/stage-process.ts";
import { type ManualClock, withScheduler } from "../../support/scheduler-bench.ts";

const trouble = (kind: ErrorKind): StageOutcome => failed({ kind, message: `it was ${kind}`, retryAt: null });

/** Each attempt of each stage as `stage attempt status`. */
function told({ stages }: Run): readonly string[] {
  return stages.map(({ stage, attempt, status, skipped }) => `${stage} ${attempt} ${skipped?.reason ?? status}`);
}

/** A stage that works for so many minutes of the bench's clock. */
async function workFor(clock: ManualClock, minutes: number): Promise<StageOutcome> {
  await clock.sleepUntil(new Date(clock.now().getTime() + minutes * 60_000));
  return succeeded(1);
}

test("everything runs at once at the start, then by cadence", () =>
  withScheduler({ start: "2026-06-01T05:50:30Z" }, async ({ scheduler, pass, runs }) => {
    await scheduler.start();
    await pass(25);
    assert.deepEqual(
      (await runs()).map((run) => [run.trigger, run.startedAt.slice(11, 16), ...told(run)]),
      [
        ["schedule", "05:50", "poll 1 success"],
        [
          "schedule",
          "05:50",
          "bronze 1 success",
          "build 1 success",
          "predictive 1 success",
          "train 1 success",
          "export 1 success",
        ],
        ["schedule", "06:00", "poll 1 success"],
        ["schedule", "06:00", "bronze 1 success", "build 1 success", "export 1 success"],
        ["schedule", "06:15", "poll 1 success"],
      ],
    );
  }));

test("a poll goes on while a build runs for hours, and a tick that meets its own stage is skipped with the reason", () =>
  withScheduler(
    {
      start: "2026-06-01T05:59:30Z",
      perform: ({ stage }, clock) =>
        stage === "poll" ? Promise.resolve(succeeded(1)) : workFor(clock, stage === "build" ? 400 : 1),
    },
    async ({ pass, runs }) => {
      await pass(420);
      const all = await runs();
      const polls = all.filter(({ slots }) => "poll" in slots);
      assert.equal(polls.length, 28);
      assert.ok(polls.every(({ status }) => status === "success"));
      const [first, second] = all.filter(({ slots }) => "bronze" in slots);
      assert.deepEqual(told(second ?? assert.fail()), [
        "bronze 1 success",
        "build 0 in_progress",
        "predictive 1 success",
        "export 1 success",
      ]);
      assert.equal(
        second?.stages.find(({ stage }) => stage === "build")?.skipped?.message,
        `build of run ${first?.runId} has not ended`,
      );
    },
  ));

test("what builds waits for its turn, so that no two stages hold the build lock", () => {
  let atWork = 0;
  let most = 0;
  return withScheduler(
    {
      start: "2026-06-01T23:59:30Z",
      policies: { train: { cron: "0 0 * * *" }, bronze: { cron: "10 * * * *" } },
      async perform({ stage }, clock) {
        if (!["build", "predictive", "train"].includes(stage)) return succeeded(1);
        most = Math.max(most, ++atWork);
        await workFor(clock, stage === "train" ? 30 : 1);
        atWork -= 1;
        return succeeded(1);
      },
    },
    async ({ pass, runs }) => {
      await pass(60);
      assert.equal(most, 1);
      const build = (await runs())
        .find(({ slots }) => "bronze" in slots)
        ?.stages.find(({ stage }) => stage === "build");
      assert.equal(build?.startedAt?.slice(11, 16), "00:31");
    },
  );
});

test("what can pass is tried again with growing pauses, and a stage whose SQL is wrong is not", () => {
  const kinds: Partial<Record<string, readonly ErrorKind[]>> = {
    bronze: ["network", "server", "lock"],
    build: ["sql"],
  };
  const perform = ({ stage, parent }: StageAttempt): Promise<StageOutcome> => {
    const kind = kinds[stage]?.[parent.attempt - 1];
    return Promise.resolve(kind === undefined ? succeeded(1) : trouble(kind));
  };
  return withScheduler({ start: "2026-06-01T17:59:30Z", perform }, async ({ pass, runs }) => {
    await pass(12);
    const run = (await runs()).find(({ slots }) => "bronze" in slots);
    assert.deepEqual(told(run ?? assert.fail()), [
      "bronze 1 failed",
      "bronze 2 failed",
      "bronze 3 failed",
      "bronze 4 success",
      "build 1 failed",
      "export 0 upstream_failed",
    ]);
    assert.equal(run?.status, "failed");
    const pauses = run.stages.flatMap(({ finishedAt, nextAttemptAt }) =>
      finishedAt === null || nextAttemptAt === null
        ? []
        : [(Date.parse(nextAttemptAt) - Date.parse(finishedAt)) / 1000],
    );
    assert.deepEqual(pauses, [45, 90, 180]);
  });
});

test("a failed family leaves the run partial, and what follows goes on", () => {
  const partial: StageOutcome = failed({ kind: "test", message: "1 node failed", retryAt: null }, 5, "partial");
  const perform = ({ stage }: StageAttempt): Promise<StageOutcome> =>
    Promise.resolve(stage === "build" ? partial : succeeded(1));
  return withScheduler({ start: "2026-06-01T17:59:30Z", perform }, async ({ pass, runs }) => {
    await pass(2);
    const run = (await runs()).find(({ slots }) => "bronze" in slots);
    assert.equal(run?.status, "partial");
    assert.deepEqual(told(run), ["bronze 1 success", "build 1 partial", "export 1 success"]);
  });
});

test("a stage that another process is at is skipped", () =>
  withScheduler(
    { start: "2026-06-01T17:59:30Z", isAlive: ({ pid }) => pid === process.ppid },
    async ({ dataDir, pass, runs }) => {
      const other = await openJournal(dataDir, newRunId(new Date("2026-06-01T17:50:00Z"), 1), () => new Date());
      const start = { event: "run_started", command: "stage", args: [], version: "1", stages: ["bronze"] } as const;
      other.write({ ...start, pid: process.ppid });
      other.write({ event: "stage_started", stage: "bronze", attempt: 1 });
      other.close();
      await pass(1);
      const run = (await runs()).find(({ slots }) => "bronze" in slots);
      assert.deepEqual(told(run ?? assert.fail()), [
        "bronze 0 in_progress",
        "build 0 upstream_skipped",
        "export 0 upstream_skipped",
      ]);
      assert.equal(run?.status, "skipped");
    },
  ));

test("a restart catches up the latest slot once, and tells of what a killed scheduler left", async () => {
  await withScheduler({ start: "2026-06-01T13:05:30Z" }, async ({ dataDir, scheduler, pass, runs }) => {
    await mkdir(join(dataDir, "runs"), { recursive: true });
    const died = await openJournal(
      dataDir,
      newRunId(new Date("2026-06-01T06:00:00Z"), 1),
      () => new Date("2026-06-01T06:00:00Z"),
    );
    const slots = {
      bronze: "2026-06-01T06:00:00.000Z",
      predictive: "2026-06-01T00:00:00.000Z",
      train: "2026-06-01T00:00:00.000Z",
      poll: "2026-06-01T06:00:00.000Z",
    };
    died.write({
      event: "run_started",
      command: "schedule",
      args: [],
      pid: 1,
      version: "1",
      trigger: "schedule",
      slots,
      stages: ["bronze", "build"],
    });
    died.write({ event: "stage_started", stage: "bronze", attempt: 1 });
    died.close();
    await scheduler.start();
    await pass(3);
    const [left, poll, main, ...more] = await runs();
    assert.deepEqual([left?.status, ...told(left ?? assert.fail())], ["failed", "bronze 1 failed", "build 0 stopped"]);
    assert.deepEqual(poll?.missed, {
      poll: { slots: 27, from: "2026-06-01T06:15:00.000Z", to: "2026-06-01T12:45:00.000Z" },
    });
    assert.deepEqual(
      [main?.trigger, main?.slots],
      ["catch-up", { bronze: "2026-06-01T12:00:00.000Z", predictive: "2026-06-01T12:00:00.000Z" }],
    );
    assert.deepEqual(more, []);
  });
});

test("runs of a disk that took nothing are written once it does again, with their times", async () => {
  await withScheduler({ start: "2026-06-01T00:29:30Z" }, async ({ dataDir, pass, runs, troubles }) => {
    // A file where a folder should be stands for a full disk: that way also root cannot write.
    await writeFile(join(dataDir, "locks"), "");
    await pass(20);
    assert.ok(troubles.length > 0);
    assert.deepEqual(await runs(), []);
    await rm(join(dataDir, "locks"));
    await pass(5);
    assert.deepEqual(
      (await runs()).map((run) => [run.slots["poll"], run.startedAt, run.status, run.missed]),
      [
        ["2026-06-01T00:30:00.000Z", "2026-06-01T00:30:30.000Z", "success", {}],
        ["2026-06-01T00:45:00.000Z", "2026-06-01T00:45:30.000Z", "success", {}],
      ],
    );
  });
});

test("slots that passed while journals could not be read are told of by the run that catches up", async () => {
  await withScheduler({ start: "2026-06-01T00:29:30Z" }, async ({ dataDir, pass, runs }) => {
    await writeFile(join(dataDir, "runs"), "");
    await pass(20);
    await rm(join(dataDir, "runs"));
    await pass(5);
    const once = "2026-06-01T00:30:00.000Z";
    assert.deepEqual(
      (await runs()).map((run) => [run.trigger, run.slots["poll"], run.missed["poll"]]),
      [["catch-up", "2026-06-01T00:45:00.000Z", { slots: 1, from: once, to: once }]],
    );
  });
});
