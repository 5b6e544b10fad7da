import { countText } from "../count-text.ts";
import type { StageOutcome } from "../execution/stage-outcome.ts";
import type { StageName } from "../project/schedules.ts";
import { alignTable } from "./text-table.ts";

/** What a stage came to, and in how many milliseconds, all attempts of it. */
export interface TimedOutcome {
  readonly stage: StageName;
  readonly outcome: StageOutcome;
  readonly ms: number;
}

/** The line above what a stage says. */
export function renderStageBegin(stage: StageName, attempt: number): string {
  return `── ${stage}${attempt === 1 ? "" : `, attempt ${attempt}`} ──`;
}

/** The line below it. */
export function renderStageEnd({ stage, outcome, ms }: TimedOutcome): string {
  const { status, rows, error, skipped } = outcome;
  const counted = rows === null ? "" : `, ${countText(rows)} rows`;
  const why = error?.message ?? skipped?.message;
  return `${stage}: ${status} in ${(ms / 1000).toFixed(2)} s${counted}${why === undefined ? "" : `: ${why}`}`;
}

/** All stages of a run, a line each. */
export function renderStages(timed: readonly TimedOutcome[]): readonly string[] {
  const rows = timed.map(({ stage, outcome: { status, rows: count, error, skipped }, ms }) => [
    stage,
    status,
    count,
    `${(ms / 1000).toFixed(2)} s`,
    error?.message ?? skipped?.message ?? "",
  ]);
  return ["", "Stages", ...alignTable(["stage", "status", "rows", "time", "why"], rows)];
}
