import assert from "node:assert/strict";
import { test } from "node:test";

import type { Run } from "../../../runner/execution/run-history.ts";
import { presets } from "../../../runner/project/schedules.ts";
import { planFirstRuns, planRuns, type ScheduleState } from "../../../runner/scheduling/plan-runs.ts";
import { scheduledRun } from "../../support/scheduled-run.ts";

function stateAt(now: string, runs: readonly Run[] = [], changes: Partial<ScheduleState> = {}): ScheduleState {
  const since = new Date("2026-06-01T00:30:00Z");
  return { policies: presets.six_hours, timezone: "UTC", runs, now: new Date(now), since, ...changes };
}

/** Every slot up to here was run. */
function handled(poll: string, rest = "2026-06-01T00:00:00.000Z"): readonly Run[] {
  return [scheduledRun({ poll }), scheduledRun({ bronze: rest, predictive: rest, train: rest })];
}

test("nothing is due between slots, and a slot is due once", () => {
  assert.deepEqual(planRuns(stateAt("2026-06-01T00:44:59Z")), []);
  const due = planRuns(stateAt("2026-06-01T00:45:00Z"));
  assert.deepEqual(due, [
    { trigger: "schedule", stages: ["poll"], slots: { poll: "2026-06-01T00:45:00.000Z" }, missed: {} },
  ]);
  assert.deepEqual(planRuns(stateAt("2026-06-01T00:46:00Z", handled("2026-06-01T00:45:00.000Z"))), []);
});

test("what follows a stage is in its run, a poll is a run of its own", () => {
  const runs = handled("2026-06-01T05:45:00.000Z");
  assert.deepEqual(planRuns(stateAt("2026-06-01T06:00:01Z", runs)), [
    { trigger: "schedule", stages: ["poll"], slots: { poll: "2026-06-01T06:00:00.000Z" }, missed: {} },
    {
      trigger: "schedule",
      stages: ["bronze", "build", "export"],
      slots: { bronze: "2026-06-01T06:00:00.000Z" },
      missed: {},
    },
  ]);
});

test("what builds at the same time is one run, in the order of the pipeline", () => {
  const slot = "2026-06-02T00:00:00.000Z";
  const runs = handled(slot, "2026-06-01T18:00:00.000Z");
  assert.deepEqual(planRuns(stateAt("2026-06-02T00:00:30Z", runs)), [
    {
      trigger: "schedule",
      stages: ["bronze", "build", "predictive", "train", "export"],
      slots: { bronze: slot, predictive: slot, train: slot },
      missed: {},
    },
  ]);
});

test("training is due at midnight of the time zone", () => {
  const runs = handled("2026-06-01T22:00:00.000Z", "2026-06-01T21:00:00.000Z");
  const [run] = planRuns(stateAt("2026-06-01T22:00:00Z", runs, { timezone: "Europe/Berlin" }));
  assert.deepEqual(run?.slots["train"], "2026-06-01T22:00:00.000Z");
});

test("after twelve hours of sleep each stage catches up its latest slot once, and tells which it missed", () => {
  const runs = handled("2026-06-01T01:00:00.000Z");
  assert.deepEqual(planRuns(stateAt("2026-06-01T13:07:00Z", runs)), [
    {
      trigger: "catch-up",
      stages: ["poll"],
      slots: { poll: "2026-06-01T13:00:00.000Z" },
      missed: { poll: { slots: 47, from: "2026-06-01T01:15:00.000Z", to: "2026-06-01T12:45:00.000Z" } },
    },
    {
      trigger: "catch-up",
      stages: ["bronze", "build", "predictive", "export"],
      slots: { bronze: "2026-06-01T12:00:00.000Z", predictive: "2026-06-01T12:00:00.000Z" },
      missed: { bronze: { slots: 1, from: "2026-06-01T06:00:00.000Z", to: "2026-06-01T06:00:00.000Z" } },
    },
  ]);
});

test("a slot that is begun minutes late is caught up, although none was missed before it", () => {
  const runs = handled("2026-06-01T01:00:00.000Z");
  assert.equal(planRuns(stateAt("2026-06-01T01:20:00Z", runs))[0]?.trigger, "catch-up");
  assert.equal(planRuns(stateAt("2026-06-01T01:16:59Z", runs))[0]?.trigger, "schedule");
});

test("a clock that was set back by two hours runs no slot twice, one that was a year ahead goes on at once", () => {
  const runs = handled("2026-06-01T03:00:00.000Z");
  assert.deepEqual(planRuns(stateAt("2026-06-01T01:00:00Z", runs)), []);
  const ahead = scheduledRun({ poll: "2027-06-01T03:00:00.000Z" });
  assert.deepEqual(
    planRuns(stateAt("2026-06-01T01:00:00Z", [ahead])).map(({ slots }) => slots),
    [{ poll: "2026-06-01T01:00:00.000Z" }],
  );
});

test("a skipped tick is a record: its slot is not run later", () => {
  const skipped = scheduledRun({ poll: "2026-06-01T01:00:00.000Z" }, { status: "skipped" });
  assert.deepEqual(planRuns(stateAt("2026-06-01T01:05:00Z", [skipped])), []);
});

test("the first start runs everything at once, later starts leave out training that is done", () => {
  const first = planFirstRuns(stateAt("2026-06-01T09:10:00Z"));
  assert.deepEqual(
    first.map(({ stages, trigger }) => [trigger, ...stages]),
    [
      ["schedule", "poll"],
      ["schedule", "bronze", "build", "predictive", "train", "export"],
    ],
  );
  const again = planFirstRuns(stateAt("2026-06-01T09:11:00Z", handled("2026-06-01T09:00:00.000Z")));
  assert.deepEqual(
    again.map(({ stages, trigger, slots }) => [trigger, slots, ...stages]),
    [
      ["schedule", {}, "poll"],
      ["catch-up", { bronze: "2026-06-01T06:00:00.000Z" }, "bronze", "build", "predictive", "export"],
    ],
  );
});

test("builds and exports come twice a day in the second preset, bronze stays", () => {
  const policies = presets.twelve_hours;
  const slot = "2026-06-01T12:00:00.000Z";
  const done = [
    scheduledRun({ poll: slot }),
    scheduledRun({ bronze: "2026-06-01T06:00:00.000Z", build: "2026-06-01T00:00:00.000Z", train: slot }),
  ];
  assert.deepEqual(
    planRuns(stateAt("2026-06-01T12:00:00Z", done, { policies })).map(({ stages }) => stages),
    [["bronze"], ["build", "predictive", "export"]],
  );
  const six = [...done, scheduledRun({ build: slot, bronze: slot })];
  assert.deepEqual(
    planRuns(
      stateAt("2026-06-01T18:00:00Z", [...six, scheduledRun({ poll: "2026-06-01T18:00:00.000Z" })], { policies }),
    ).map(({ stages }) => stages),
    [["bronze"]],
  );
});
