import type { Run, StageRun } from "../../runner/execution/run-history.ts";

const nothing = {
  missed: {},
  parent: null,
  nodes: { built: 0, failed: 0, skipped: 0, rows: 0 },
  failedTests: [],
  failedNodes: [],
  gaps: [],
  warnings: [],
  release: null,
};

/** A finished run of the scheduler for some slots, which succeeded. */
export function scheduledRun(slots: Readonly<Record<string, string>>, changes: Partial<Run> = {}): Run {
  const [at = "2026-06-01T00:00:00.000Z"] = Object.values(slots);
  const stages = Object.keys(slots).map((stage): StageRun => attemptOf(stage, at));
  const run = { runId: `run-${at}`, command: "schedule", trigger: "schedule", pid: 1, status: "success" } as const;
  return { ...nothing, ...run, slots, startedAt: at, finishedAt: at, ms: 0, stages, ...changes };
}

/** An attempt that succeeded at once. */
export function attemptOf(stage: string, at: string, changes: Partial<StageRun> = {}): StageRun {
  const times = { startedAt: at, finishedAt: at, ms: 0 };
  const rest = { rows: 1, error: null, skipped: null, nextAttemptAt: null };
  return { stage, attempt: 1, status: "success", ...times, ...rest, ...changes };
}
