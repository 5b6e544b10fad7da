import type { JournalEvent, Outcome } from "../execution/journal-events.ts";
import { skipped, type StageOutcome } from "../execution/stage-outcome.ts";
import type { StageName, StagePolicy } from "../project/schedules.ts";
import { nextAttemptAt } from "./retry-policy.ts";
import type { StagePolicies } from "./stages.ts";

/** What a run of stages needs from the outside. */
export interface RunStagesEffects {
  readonly write: (event: JournalEvent) => void;
  /** One attempt; a failure is data, never an exception. */
  readonly perform: (stage: StageName, attempt: number) => Promise<StageOutcome>;
  /** Skips a stage that is at work already; otherwise it counts as at work during `use`. */
  readonly claim: (stage: StageName, use: () => Promise<StageOutcome>) => Promise<StageOutcome>;
  /** Waits for the lock of a stage and holds it during `use`: an attempt, not the pauses between attempts. */
  readonly inTurn: (stage: StageName, use: () => Promise<StageOutcome>) => Promise<StageOutcome>;
  /** Ends early when the run is to stop. */
  readonly sleepUntil: (moment: Date) => Promise<void>;
  readonly isStopping: () => boolean;
  readonly now: () => Date;
  readonly random: () => number;
}

export interface StagesToRun {
  readonly stages: readonly StageName[];
  /** These run whatever became of the others; the rest follows what brought something. */
  readonly due: ReadonlySet<StageName>;
  readonly policies: StagePolicies;
}

/** Runs stages one after the other, each as its policy says, and tells the journal; gives each stage's last outcome. */
export async function runStages(
  { stages, due, policies }: StagesToRun,
  effects: RunStagesEffects,
): Promise<ReadonlyMap<StageName, StageOutcome>> {
  const outcomes = new Map<StageName, StageOutcome>();
  for (const stage of stages) {
    const reason = effects.isStopping() ? skipped("stopped", "the run was stopped") : blocked(stage);
    const outcome = reason ?? (await effects.claim(stage, () => withRetries(stage, policies, effects)));
    if (outcome.skipped !== null) effects.write({ event: "stage_skipped", stage, ...outcome.skipped });
    outcomes.set(stage, outcome);
  }
  return outcomes;

  function blocked(stage: StageName): StageOutcome | null {
    const critical = [...outcomes].find(([other, { status }]) => policies[other].critical && status === "failed");
    if (critical !== undefined) return skipped("upstream_failed", `${critical[0]} failed, which is critical`);
    if (due.has(stage)) return null;
    const before = policies[stage].after.filter((other) => outcomes.has(other));
    const statuses = before.map((other) => outcomes.get(other)?.status);
    if (statuses.some((status) => status === "success" || status === "partial")) return null;
    const hasFailed = statuses.includes("failed");
    const message = `${before.join(", ")} ${hasFailed ? "failed" : "brought nothing"}`;
    return skipped(hasFailed ? "upstream_failed" : "upstream_skipped", message);
  }
}

/** How a run ended: failed when something critical or everything did, partial when a part did. */
export function runOutcome(outcomes: ReadonlyMap<StageName, StageOutcome>, policies: StagePolicies): Outcome {
  const ran = [...outcomes].filter(([, { status }]) => status !== "skipped");
  if (ran.length === 0) return "skipped";
  const failures = ran.filter(([, { status }]) => status === "failed");
  if (failures.length === ran.length || failures.some(([stage]) => policies[stage].critical)) return "failed";
  return ran.every(([, { status }]) => status === "success") ? "success" : "partial";
}

async function withRetries(
  stage: StageName,
  policies: StagePolicies,
  effects: RunStagesEffects,
): Promise<StageOutcome> {
  for (let attempt = 1; ; attempt++) {
    const { outcome, again } = await attemptOnce({ stage, attempt, policy: policies[stage] }, effects);
    if (again === null) return outcome;
    await effects.sleepUntil(again);
    if (effects.isStopping()) return outcome;
  }
}

interface Attempt {
  readonly stage: StageName;
  readonly attempt: number;
  readonly policy: StagePolicy;
}

async function attemptOnce(
  { stage, attempt, policy }: Attempt,
  effects: RunStagesEffects,
): Promise<{ readonly outcome: StageOutcome; readonly again: Date | null }> {
  const { write, now } = effects;
  let began = now().getTime();
  const outcome = await effects.inTurn(stage, async () => {
    if (effects.isStopping()) return skipped("stopped", "the run was stopped");
    began = now().getTime();
    write({ event: "stage_started", stage, attempt });
    return effects.perform(stage, attempt);
  });
  for (const gap of outcome.gaps) write({ event: "gap", ...gap });
  const { status, rows, error } = outcome;
  if (status === "skipped") return { outcome, again: null };
  const mayRetry = status !== "success" && error !== null && !effects.isStopping();
  const again = mayRetry ? nextAttemptAt({ policy, attempt, error, now: now(), random: effects.random() }) : null;
  // The clock may have been set back meanwhile.
  const ms = Math.max(0, now().getTime() - began);
  const next = again?.toISOString() ?? null;
  write({ event: "stage_finished", stage, attempt, status, rows, ms, error, nextAttemptAt: next });
  return { outcome, again };
}
