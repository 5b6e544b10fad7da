import type { SkipReason } from "../execution/journal-events.ts";
import type { Run } from "../execution/run-history.ts";
import type { Project } from "../project/project.ts";
import { type StageFreshness, stageFreshness } from "../scheduling/freshness.ts";
import { projectTimezone } from "./project-options.ts";

/** A stage that is to succeed by cadence, and why its last turn was skipped, if it was. */
export interface ExpectedStage extends StageFreshness {
  readonly intervalMs: number;
  readonly skipped: SkipReason | null;
}

/** Whoever set it up so does not wait for a success: nothing to ask, nothing to train, a release that is pinned. */
const wanted = new Set<SkipReason>(["not_configured", "not_due", "pinned"]);

/** The stages from which a success is expected: scheduled, and not skipped as somebody wants it. */
export function expectedStages(project: Project, runs: readonly Run[], now: Date): readonly ExpectedStage[] {
  const { stages: policies } = project.schedules;
  return stageFreshness({ policies, timezone: projectTimezone(project), runs, now }).flatMap(
    ({ stage, intervalMs, lastSuccessAt }) => {
      const skipped = lastSkip(stage, runs);
      if (intervalMs === null || (skipped !== null && wanted.has(skipped))) return [];
      return [{ stage, intervalMs, lastSuccessAt, skipped }];
    },
  );
}

function lastSkip(stage: string, runs: readonly Run[]): SkipReason | null {
  const ended = runs
    .filter(({ parent }) => parent === null)
    .flatMap(({ stages }) => stages)
    // One that met its own run in progress says nothing of it.
    .filter((one) => one.stage === stage && one.finishedAt !== null && one.skipped?.reason !== "in_progress");
  return ended.at(-1)?.skipped?.reason ?? null;
}
