import assert from "node:assert/strict";
import { test } from "node:test";

import { type Alert, type AlertBook, emptyBook } from "../../../runner/alerts/book.ts";
import { decideAlerts } from "../../../runner/alerts/decide-alerts.ts";
import type { StageOutcome, Watch } from "../../../runner/alerts/watch.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.parse("2026-11-01T00:00:00Z");
/** So many hours after the beginning. */
const at = (hours: number): Date => new Date(start + hours * hourMs);

/** Looks at things one after another, as a scheduler does, and keeps what was told. */
class Watcher {
  book: AlertBook = emptyBook;
  readonly told: Alert[] = [];

  look(hours: number, watch: Partial<Watch> = {}, remindEvery = 3): readonly string[] {
    // As a file holds it.
    const before = structuredClone(this.book);
    const decision = decideAlerts(before, { runs: [], ...watch }, { remindEvery, minFreeDisk: 1e9, now: at(hours) });
    this.book = decision.book;
    this.told.push(...decision.alerts);
    return decision.alerts.map(({ kind, subject }) => `${kind}: ${subject}`);
  }

  /** Looks so often that no look is a pause. */
  stayAwake(fromHours: number, toHours: number, watch: Partial<Watch> = {}): readonly string[] {
    const said: string[] = [];
    for (let hours = fromHours; hours <= toHours; hours += 0.1) said.push(...this.look(hours, watch));
    return said;
  }
}

function outcome(hours: number, status: StageOutcome["status"], more: Partial<StageOutcome> = {}): StageOutcome {
  return {
    runId: `run-${hours}`,
    stage: "build",
    trigger: "schedule",
    status,
    startedAt: at(hours),
    finishedAt: at(hours + 0.5),
    error: null,
    failures: [],
    gaps: [],
    ...more,
  };
}

const failingTest = {
  name: "daily_minutes",
  place: "models/gold/daily_minutes.sql:5:3",
  tests: [{ name: "unique_daily_minutes_listening_date", rows: 3 }],
};
const failingModel = { name: "top_tracks", place: "models/gold/top_tracks.sql:12:19", tests: [] };

test("a failure is told at once, again after every three more, and its end with the outage's length", () => {
  const watcher = new Watcher();
  const said = [0, 6, 12, 18, 24, 30, 36, 42].map((hours) =>
    watcher.look(hours + 1, { runs: [outcome(hours, hours === 42 ? "success" : "failed")] }),
  );
  assert.deepEqual(said, [
    ["failed: build failed"],
    [],
    [],
    ["reminder: build still fails, 4 times in a row"],
    [],
    [],
    ["reminder: build still fails, 7 times in a row"],
    // From the start of the first failure (0 h) to the end of the success (42.5 h).
    ["recovered: build has recovered after 1 day 18 hours"],
  ]);
  assert.deepEqual(watcher.told.at(-1)?.facts, [
    ["stage", "build"],
    ["run", "run-42 (schedule)"],
    ["outage", "1 day 18 hours, since 2026-11-01 00:00 UTC"],
    ["failures", "7 in a row"],
  ]);
  assert.deepEqual(watcher.book.failures, {});
});

test("a failing test is told with its table, name and row count, and one that fails later too", () => {
  const watcher = new Watcher();
  watcher.look(1, { runs: [outcome(0, "partial", { failures: [failingTest] })] });
  assert.deepEqual(watcher.told, [
    {
      id: "build failed run-0",
      kind: "failed",
      subject: "build is partial: daily_minutes",
      facts: [
        ["stage", "build"],
        ["run", "run-0 (schedule)"],
        ["status", "partial: the rest was published"],
        ["since", "2026-11-01 00:00 UTC"],
        ["failures", "1 in a row"],
      ],
      details: ["daily_minutes: data test unique_daily_minutes_listening_date fails on 3 rows"],
      advice:
        "npm run runs -- run-0 tells more. Rows that failed a test lie in target/failures on that machine, and nowhere else.",
      at: "2026-11-01T01:00:00.000Z",
    },
  ]);
  const both = { failures: [failingTest, failingModel] };
  assert.deepEqual(watcher.look(7, { runs: [outcome(6, "partial", both)] }), [
    "failed: build: more fails now: daily_minutes, top_tracks",
  ]);
  // One that comes and goes is told once an incident.
  assert.deepEqual(watcher.look(13, { runs: [outcome(12, "partial", { failures: [failingTest] })] }), []);
  assert.deepEqual(watcher.look(19, { runs: [outcome(18, "partial", both)] }), []);
  assert.deepEqual(watcher.told[1]?.details[1], "top_tracks could not be built: models/gold/top_tracks.sql:12:19");
});

test("stages have incidents of their own", () => {
  const watcher = new Watcher();
  const said = watcher.look(1, {
    runs: [outcome(0, "failed"), outcome(0.2, "failed", { stage: "export", runId: "run-x", error: "nobody answers" })],
  });
  assert.deepEqual(said, ["failed: build failed", "failed: export failed"]);
  assert.deepEqual(watcher.look(7, { runs: [outcome(6, "success")] }), [
    "recovered: build has recovered after 6 hours 30 minutes",
  ]);
  assert.deepEqual(Object.keys(watcher.book.failures), ["export"]);
});

test("the same runs seen again, also after a restart or with a clock set back, tell nothing", () => {
  const watcher = new Watcher();
  const runs = [outcome(0, "failed")];
  assert.equal(watcher.look(1, { runs }).length, 1);
  assert.deepEqual(watcher.look(2, { runs }), []);
  assert.deepEqual(watcher.look(0.5, { runs }), []);
  assert.equal(watcher.book.failures["build"]?.failures, 1);
  // The clock goes back two hours, and the next run with it: it is a new one.
  assert.deepEqual(watcher.look(-1, { runs: [...runs, outcome(-1.5, "success")] }), [
    "recovered: build has recovered after less than a second",
  ]);
});

test("what failed and recovered between two looks is not told", () => {
  const watcher = new Watcher();
  watcher.look(0);
  assert.deepEqual(
    watcher.look(13, { runs: [outcome(0, "failed"), outcome(6, "failed"), outcome(12, "success")] }),
    [],
  );
});

test("a gap between polls is told once", () => {
  const watcher = new Watcher();
  const gaps = [{ from: at(1), to: at(5) }];
  const runs = [outcome(5, "success", { stage: "poll", gaps })];
  assert.deepEqual(watcher.look(6, { runs }), ["warning: plays may be missing: a gap between two polls"]);
  assert.deepEqual(watcher.told[0]?.details, ["between 2026-11-01 01:00 UTC and 2026-11-01 05:00 UTC"]);
  assert.deepEqual(watcher.look(7, { runs }), []);
});

test("no success for two intervals is told once, and when it is over", () => {
  const watcher = new Watcher();
  const scheduled = [{ stage: "build", intervalMs: 6 * hourMs, lastSuccessAt: at(0) }];
  assert.deepEqual(watcher.stayAwake(0, 11.95, { scheduled }), []);
  assert.deepEqual(watcher.stayAwake(12.05, 40, { scheduled }), [
    "warning: build has had no success for two intervals",
  ]);
  const again = [{ stage: "build", intervalMs: 6 * hourMs, lastSuccessAt: at(40) }];
  assert.deepEqual(watcher.look(40.1, { scheduled: again }), [
    "recovered: over after 1 day 16 hours: build has had no success for two intervals",
  ]);
});

test("a stage that fails is not told as stale too", () => {
  const watcher = new Watcher();
  const scheduled = [{ stage: "build", intervalMs: 6 * hourMs, lastSuccessAt: at(0) }];
  watcher.stayAwake(0, 5, { scheduled });
  assert.deepEqual(watcher.look(5.1, { scheduled, runs: [outcome(5, "failed")] }), ["failed: build failed"]);
  assert.deepEqual(watcher.stayAwake(5.2, 20, { scheduled }), []);
});

test("after a night of sleep a stage first gets the time to catch up", () => {
  const poll = { stage: "poll", intervalMs: 900_000, lastSuccessAt: at(0) };
  const scheduled = [poll];
  const slept = new Watcher();
  slept.stayAwake(0, 0.4, { scheduled });
  assert.deepEqual(slept.look(12, { scheduled }), []);
  assert.deepEqual(slept.look(12.1, { scheduled: [{ ...poll, lastSuccessAt: at(12.05) }] }), []);
  const stuck = new Watcher();
  stuck.stayAwake(0, 0.4, { scheduled });
  assert.deepEqual(stuck.stayAwake(12, 13, { scheduled }), ["warning: poll has had no success for two intervals"]);
});

test("a login that ends is told 30 days ahead, 7 days ahead, and when it has ended", () => {
  const watcher = new Watcher();
  const endsAt = at(0);
  const days = [-40, -31, -30, -29, -8, -7, -6, -1, 1, 5];
  const said = days.flatMap((day) =>
    watcher.look(day * 24, { login: { endsAt, endedAt: null } }).map((text) => `${day}: ${text}`),
  );
  assert.deepEqual(said, [
    "-30: warning: the login with Spotify ends in 30 days, on 2026-11-01: log in again",
    "-7: warning: the login with Spotify ends in 7 days, on 2026-11-01: log in again",
    "1: warning: the login with Spotify has ended: log in again",
  ]);
  const renewed = { endsAt: new Date(start + 180 * dayMs), endedAt: null };
  assert.deepEqual(watcher.look(6 * 24, { login: renewed }), [
    "recovered: over after 36 days: the login with Spotify has ended: log in again",
  ]);
  assert.deepEqual(watcher.look(7 * 24, { login: null }), []);
});

test("a login that Spotify takes no more is told at once", () => {
  const watcher = new Watcher();
  const login = { endsAt: null, endedAt: at(2) };
  assert.deepEqual(watcher.look(2, { login }), ["warning: the login with Spotify has ended: log in again"]);
  assert.deepEqual(watcher.look(3, { login }), []);
});

test("a disk that fills up is told once, and its end only a tenth above", () => {
  const watcher = new Watcher();
  const said = [2e9, 0.9e9, 1.05e9, 0.95e9, 1.05e9, 1.2e9].map((freeDisk, hour) => watcher.look(hour, { freeDisk }));
  assert.deepEqual(said, [
    [],
    ["warning: little disk space is left: 0.9 GB"],
    [],
    [],
    [],
    ["recovered: over after 4 hours: little disk space is left: 0.9 GB"],
  ]);
});

test("what is not known changes nothing", () => {
  const watcher = new Watcher();
  watcher.look(0, { freeDisk: 1, login: { endsAt: null, endedAt: at(0) } });
  assert.deepEqual(watcher.look(1), []);
  assert.deepEqual(Object.keys(watcher.book.standing), ["login", "disk"]);
});

test("more than twenty failures are counted", () => {
  const watcher = new Watcher();
  const failures = Array.from({ length: 25 }, (_, index) => ({ ...failingModel, name: `model_${index}` }));
  assert.deepEqual(watcher.look(1, { runs: [outcome(0, "partial", { failures })] }), [
    "failed: build is partial: model_0, model_1, model_2 and 22 more",
  ]);
  assert.equal(watcher.told[0]?.details.length, 21);
  assert.equal(watcher.told[0]?.details.at(-1), "and 5 more");
});
