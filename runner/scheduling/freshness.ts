import type { Run } from "../execution/run-history.ts";
import { type StageName, stageNames } from "../project/schedules.ts";
import { cronSlots } from "./cron-slots.ts";
import type { ScheduleState } from "./plan-runs.ts";

/** How often a stage is due, and when it last succeeded. */
export interface StageFreshness {
  readonly stage: StageName;
  /** Milliseconds between two slots; of a stage that follows others theirs; null when it is not scheduled. */
  readonly intervalMs: number | null;
  /** A partial run is none: what it held back is as old as after a failure. */
  readonly lastSuccessAt: Date | null;
}

/** The freshness of every stage; a success by hand counts as much, but not that of a part of a run. */
export function stageFreshness(
  state: Pick<ScheduleState, "policies" | "timezone" | "runs" | "now">,
): readonly StageFreshness[] {
  const intervals = new Map<StageName, number | null>();
  // Whatever a stage follows stands before it.
  for (const stage of stageNames) {
    const { cron, after } = state.policies[stage];
    const own = cron === null ? [] : [slotInterval(cron, state)];
    const known = [...own, ...after.map((other) => intervals.get(other) ?? null)].filter((ms) => ms !== null);
    intervals.set(stage, known.length === 0 ? null : Math.min(...known));
  }
  return stageNames.map((stage) => ({
    stage,
    intervalMs: intervals.get(stage) ?? null,
    lastSuccessAt: lastSuccess(stage, state.runs),
  }));
}

function slotInterval(cron: string, { timezone, now }: Pick<ScheduleState, "timezone" | "now">): number | null {
  const slots = cronSlots(cron, timezone);
  const first = slots.next(now);
  const second = first === null ? null : slots.next(first);
  return first === null || second === null ? null : second.getTime() - first.getTime();
}

function lastSuccess(stage: StageName, runs: readonly Run[]): Date | null {
  const ends = runs
    .filter(({ parent }) => parent === null)
    .flatMap(({ stages }) => stages)
    .filter((attempt) => attempt.stage === stage && attempt.status === "success")
    .flatMap(({ finishedAt }) => (finishedAt === null ? [] : [Date.parse(finishedAt)]));
  return ends.length === 0 ? null : new Date(Math.max(...ends));
}
