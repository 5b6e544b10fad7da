import { Cron } from "croner";
import * as z from "zod";

import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import type { YamlDocument } from "./yaml-document.ts";

/** Parts of a run, in the order in which they run when several are due. */
export const stageNames = ["files", "poll", "bronze", "build", "predictive", "train", "export"] as const;
export type StageName = (typeof stageNames)[number];

/** When a stage runs, and how often and how long it is tried. */
export interface StagePolicy {
  /** Five fields, in the schedule's time zone; null: only after others, or by hand. */
  readonly cron: string | null;
  /** It also runs after each of these that brought something in the same run. */
  readonly after: readonly StageName[];
  /** Further attempts after one that failed for a reason that can pass. */
  readonly retries: number;
  /** Pause before the first retry; it doubles from retry to retry. */
  readonly backoffSeconds: number;
  /** An attempt that takes longer is ended. */
  readonly timeoutSeconds: number;
  /** Whether its failure makes the whole run a failure and ends it. */
  readonly critical: boolean;
}

export interface ScheduleConfig {
  readonly stages: Readonly<Record<StageName, StagePolicy>>;
  /** How long journals, and what meta tells of runs, are kept. */
  readonly keepRunsDays: number;
}

const minute = 60;
const hour = 60 * minute;

const sixHours: Readonly<Record<StageName, StagePolicy>> = {
  files: { cron: null, after: [], retries: 2, backoffSeconds: 30, timeoutSeconds: hour, critical: false },
  poll: {
    cron: "*/15 * * * *",
    after: [],
    retries: 2,
    backoffSeconds: 20,
    timeoutSeconds: 5 * minute,
    critical: false,
  },
  bronze: { cron: "0 */6 * * *", after: [], retries: 3, backoffSeconds: 60, timeoutSeconds: hour, critical: false },
  build: { cron: null, after: ["bronze"], retries: 2, backoffSeconds: 60, timeoutSeconds: 2 * hour, critical: true },
  predictive: {
    cron: "0 */12 * * *",
    after: [],
    retries: 2,
    backoffSeconds: 60,
    timeoutSeconds: 2 * hour,
    critical: false,
  },
  train: { cron: "0 0 * * *", after: [], retries: 2, backoffSeconds: 60, timeoutSeconds: 4 * hour, critical: false },
  export: {
    cron: null,
    after: ["build", "predictive", "train"],
    retries: 4,
    backoffSeconds: 60,
    timeoutSeconds: hour,
    critical: false,
  },
};

/** Whole schedules to choose from; `stages:` in project.yml changes single stages. */
export const presets = {
  six_hours: sixHours,
  twelve_hours: {
    ...sixHours,
    build: { ...sixHours.build, cron: "0 */12 * * *", after: [] },
    predictive: { ...sixHours.predictive, cron: null, after: ["build"] },
  },
} as const satisfies Record<string, Readonly<Record<StageName, StagePolicy>>>;

const stageSchema = z.strictObject({
  cron: z.string().nullable().optional(),
  after: z.array(z.enum(stageNames)).optional(),
  retries: z.int().min(0).max(20).optional(),
  backoff_seconds: z.number().positive().optional(),
  timeout_minutes: z.number().positive().optional(),
  critical: z.boolean().optional(),
});

/** `schedules:` of project.yml. */
export const schedulesSchema = z.strictObject({
  preset: z.enum(["six_hours", "twelve_hours"]).default("six_hours"),
  keep_runs_days: z.int().positive().default(90),
  stages: z.record(z.string(), stageSchema).default({}),
});

/** The preset with what project.yml changes of it; unknown stages, bad cron expressions and circles are reported at their lines. */
export function readSchedules(
  yaml: z.infer<typeof schedulesSchema>,
  document: YamlDocument,
  diagnostics: Diagnostic[],
): ScheduleConfig {
  const stages: Record<StageName, StagePolicy> = { ...presets[yaml.preset] };
  for (const [name, changes] of Object.entries(yaml.stages)) {
    const stage = stageNames.find((known) => known === name);
    if (stage === undefined) {
      const hint = didYouMean(name, stageNames) ?? `stages: ${stageNames.join(", ")}`;
      diagnostics.push(document.keyDiagnostic(["schedules", "stages", name], `there is no stage '${name}'`, hint));
      continue;
    }
    const { cron, after, retries, backoff_seconds: backoff, timeout_minutes: timeout, critical } = changes;
    const before = stages[stage];
    stages[stage] = {
      cron: cron === undefined ? before.cron : cron,
      after: after ?? before.after,
      retries: retries ?? before.retries,
      backoffSeconds: backoff ?? before.backoffSeconds,
      timeoutSeconds: timeout === undefined ? before.timeoutSeconds : timeout * minute,
      critical: critical ?? before.critical,
    };
    const at = (key: string, message: string, hint: string): Diagnostic =>
      document.diagnostic(["schedules", "stages", name, key], message, hint);
    if (typeof cron === "string") {
      const problem = cronProblem(cron);
      const hint = "five fields: minute hour day-of-month month day-of-week, as '*/15 * * * *'";
      if (problem !== null) diagnostics.push(at("cron", `'${cron}' is no cron expression: ${problem}`, hint));
    }
    const later = after?.find((other) => stageNames.indexOf(other) >= stageNames.indexOf(stage));
    if (later !== undefined) {
      const hint = `stages run in this order: ${stageNames.join(", ")}`;
      diagnostics.push(at("after", `${stage} cannot run after ${later}, which runs later`, hint));
    }
  }
  return { stages, keepRunsDays: yaml.keep_runs_days };
}

/** Why a text is no cron expression, or one that no day ever meets; null for one that is sound. */
function cronProblem(text: string): string | null {
  try {
    const cron = new Cron(text, { mode: "5-part", paused: true, timezone: "UTC" });
    return cron.nextRun() === null ? "it names no moment that ever comes" : null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, "").replace(/^I/, "i") : String(error);
  }
}
