import { newRunId } from "../execution/journal.ts";
import { readHistory } from "../execution/read-history.ts";
import type { Run, StageRun } from "../execution/run-history.ts";
import { type StageName, stageNames } from "../project/schedules.ts";
import { readOnlyScheduler } from "../scheduling/only-scheduler.ts";
import { nextSlots } from "../scheduling/plan-runs.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import { type LoadedProject, projectTimezone } from "./project-options.ts";
import { alignTable } from "./text-table.ts";

const dayMs = 24 * 3_600_000;

/** How far back `status` looks. */
const daysShown = 8;

/** What ran last of each stage, what failed and why, and what comes next. */
export async function scheduleLines(
  { project, dataDir }: Pick<LoadedProject, "project" | "dataDir">,
  now: Date,
): Promise<readonly string[]> {
  const sinceId = newRunId(new Date(now.getTime() - daysShown * dayMs), 0);
  const { runs, troubles } = await readHistory({ runsFolder: dataPaths(dataDir).runs, sinceId: () => sinceId });
  const scheduler = await readOnlyScheduler(dataDir);
  const policies = project.schedules.stages;
  const timezone = projectTimezone(project);
  const next = new Map(nextSlots({ policies, timezone, now }).map(({ stage, slot }) => [stage, slot]));
  const rows = stageNames.map((stage) => {
    const last = lastOf(stage, runs);
    const { after } = policies[stage];
    const slot = next.get(stage);
    const follows = after.length === 0 ? "by hand only" : `after ${after.join(", ")}`;
    return [stage, ...describeLast(last), slot === undefined ? follows : minute(slot.toISOString())];
  });
  const running =
    scheduler === null
      ? "not running: npm run schedule"
      : `process ${scheduler.pid}, since ${minute(scheduler.startedAt)}`;
  return [
    "",
    "Schedule",
    `  scheduler   ${running}`,
    ...alignTable(["stage", "last", "status", "rows", "next"], rows).map((line) => `  ${line}`),
    ...whyNot(runs),
    ...troubles.map(({ message }) => `  ${message.split("\n")[0] ?? ""}`),
    "",
    "Times are UTC.",
  ];
}

/** The last attempt of a stage; one that had no reason to run only when nothing else is known. */
function lastOf(stage: StageName, runs: readonly Run[]): StageRun | undefined {
  const attempts = runs
    .filter(({ parent }) => parent === null)
    .flatMap(({ stages }) => stages.filter((one) => one.stage === stage && one.status !== "queued"));
  return attempts.findLast(({ status }) => status !== "skipped") ?? attempts.at(-1);
}

function describeLast(last: StageRun | undefined): readonly [string, string, number | null] {
  if (last === undefined) return ["–", "–", null];
  const at = last.finishedAt ?? last.startedAt;
  return [at === null ? "–" : minute(at), last.status, last.rows];
}

/** Why the last attempts of stages did not succeed. */
function whyNot(runs: readonly Run[]): readonly string[] {
  return stageNames.flatMap((stage) => {
    const last = lastOf(stage, runs);
    const why = last?.error?.message ?? last?.skipped?.message;
    if (last === undefined || why === undefined) return [];
    const again = last.nextAttemptAt === null ? "" : `, next attempt ${minute(last.nextAttemptAt)}`;
    return [`  ${stage}: ${last.status}: ${why}${again}`];
  });
}

function minute(moment: string): string {
  return moment.slice(0, 16).replace("T", " ");
}
