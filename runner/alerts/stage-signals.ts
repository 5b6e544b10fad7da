import { lastAttempts, type Run, type StageRun } from "../execution/run-history.ts";
import type { Pulse, Signal } from "./heartbeat.ts";

/** A ping that is to go out. */
export interface StageSignal {
  readonly signal: Signal;
  readonly pulse: Pulse;
}

/** What a run that begins pings: the start of each of its stages. */
export function startSignals({ runId, stages }: Pick<Run, "runId" | "stages">): readonly StageSignal[] {
  return [...new Set(stages.map(({ stage }) => stage))].map((stage) => ({
    signal: "start",
    pulse: { stage, runId, status: "running", counts: {} },
  }));
}

/** What an ended run pings: how each of its stages ended, in names and numbers. */
export function endSignals(run: Run, parts: readonly Run[]): readonly StageSignal[] {
  return lastAttempts(run).flatMap((attempt): StageSignal[] => {
    const signal = signalOf(attempt);
    if (signal === null) return [];
    const { stage, skipped } = attempt;
    const status = skipped === null ? attempt.status : `skipped: ${skipped.reason}`;
    return [{ signal, pulse: { stage, runId: run.runId, status, counts: countsOf(attempt, parts) } }];
  });
}

/** Nothing for what was not asked to run, or was stopped: who waits for a ping waits on. */
function signalOf({ status, skipped, error }: StageRun): Signal | null {
  if (status === "success") return "success";
  if (status === "partial" || status === "failed") return error?.kind === "stopped" ? null : "fail";
  if (skipped?.reason === "upstream_failed") return "fail";
  // Somebody pinned the release: that is how it is wanted.
  return skipped?.reason === "pinned" ? "success" : null;
}

function countsOf({ stage, attempt, rows, ms }: StageRun, parts: readonly Run[]): Readonly<Record<string, number>> {
  const part = parts.find(({ parent }) => parent?.stage === stage && parent.attempt === attempt);
  const tests = part?.failedTests.filter(({ severity }) => severity === "error") ?? [];
  return {
    ...(rows !== null && { rows }),
    ...(ms !== null && { milliseconds: Math.round(ms) }),
    ...(part !== undefined && {
      "nodes built": part.nodes.built,
      "nodes failed": part.nodes.failed,
      "nodes skipped": part.nodes.skipped,
      "tests failed": tests.length,
    }),
  };
}
