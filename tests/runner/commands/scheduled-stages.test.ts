import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { expectedStages } from "../../../runner/commands/scheduled-stages.ts";
import { type JournalEntry, journalEntry } from "../../../runner/execution/journal-events.ts";
import { readRun, type Run } from "../../../runner/execution/run-history.ts";
import { loadProjectSettings } from "../../../runner/project/load-project.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const now = new Date("2026-11-02T00:00:00Z");

/** A run that began at an hour of the day before, with what became of its stages. */
function run(hour: number, stages: Readonly<Record<string, string>>): Run {
  const at = new Date(Date.UTC(2026, 10, 1, hour)).toISOString();
  const head = { event: "run_started", command: "schedule", args: [], pid: 1, version: "1", trigger: "schedule" };
  const ends = Object.entries(stages).map(([stage, end]) =>
    end === "success"
      ? { event: "stage_finished", stage, attempt: 1, status: end, rows: 1, ms: 1, error: null, nextAttemptAt: null }
      : { event: "stage_skipped", stage, reason: end, message: "" },
  );
  const entries = [head, ...ends].map((event): JournalEntry => journalEntry.parse({ ...event, at }));
  const read = readRun(`run-${hour}`, entries);
  if (read === null) throw new Error("the events hold no run");
  return read;
}

const expect = (...runs: readonly Run[]) =>
  inScratchFolder(async (root) => {
    await writeFile(join(root, "project.yml"), "name: small\nvars: { timezone: UTC }\n");
    const stages = expectedStages(await loadProjectSettings(root), runs, now);
    return stages.map(({ stage, intervalMs, lastSuccessAt, skipped }) =>
      [stage, intervalMs / 3_600_000, lastSuccessAt?.getUTCHours() ?? null, skipped].join(" "),
    );
  });

test("a success is expected of every stage with a cadence, also before its first run", async () => {
  assert.deepEqual(await expect(), [
    "poll 0.25  ",
    "bronze 6  ",
    "build 6  ",
    "predictive 12  ",
    "train 24  ",
    "export 6  ",
  ]);
});

test("none is expected of what nobody set up and of a pinned release; one in progress says nothing", async () => {
  assert.deepEqual(
    await expect(
      run(6, { poll: "success", bronze: "success", build: "success", export: "not_configured", train: "not_due" }),
      run(12, { poll: "not_configured", bronze: "success", build: "pinned", export: "not_configured" }),
      run(18, { bronze: "in_progress", predictive: "upstream_failed" }),
    ),
    ["bronze 6 12 ", "predictive 12  upstream_failed"],
  );
});
