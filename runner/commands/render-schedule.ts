import { countText } from "../count-text.ts";
import { lastAttempts, type Run } from "../execution/run-history.ts";
import type { nextSlots } from "../scheduling/plan-runs.ts";
import type { SchedulerEvent } from "../scheduling/scheduler.ts";

/** A moment to the second, UTC. */
export function clockTime(moment: Date): string {
  return `${moment.toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** What the scheduler's log says of an event. */
export function renderSchedulerEvent(event: SchedulerEvent, now: Date): readonly string[] {
  const time = clockTime(now);
  if (event.kind === "trouble") {
    return [`${time} ${event.error instanceof Error ? event.error.message : String(event.error)}`];
  }
  const { run } = event;
  if (event.kind === "run_started") {
    return [`${time} run ${run.runId} begins (${run.trigger}): ${run.stages.map(({ stage }) => stage).join(", ")}`];
  }
  const seconds = ((run.ms ?? 0) / 1000).toFixed(1);
  return [`${time} run ${run.runId} ends: ${run.status} in ${seconds} s`, ...lastAttempts(run).map(renderAttempt)];
}

/** What comes next, a line each stage. */
export function renderNext(next: ReturnType<typeof nextSlots>, timezone: string): readonly string[] {
  const lines = next.map(({ stage, slot }) => `  ${stage.padEnd(12)}${clockTime(slot)}`);
  return [
    `Next (cron in ${timezone}, times are UTC; SIGHUP reads project.yml again, SIGTERM or Ctrl-C stops):`,
    ...lines,
  ];
}

/** One stage of a run in a line. */
export function renderAttempt(attempt: Run["stages"][number]): string {
  const { stage, status, rows, ms, error, skipped } = attempt;
  const counted = rows === null ? "" : `, ${countText(rows)} rows`;
  const time = ms === null ? "" : ` in ${(ms / 1000).toFixed(1)} s`;
  const why = error?.message ?? skipped?.message;
  const tried = attempt.attempt > 1 ? `, attempt ${attempt.attempt}` : "";
  return `  ${stage.padEnd(12)}${status}${time}${counted}${tried}${why === undefined ? "" : `: ${why}`}`;
}
