import type { MissedSlots, Trigger } from "../execution/journal-events.ts";
import type { Run } from "../execution/run-history.ts";
import { type StageName, stageNames } from "../project/schedules.ts";
import { cronSlots } from "./cron-slots.ts";
import { groupStages, inOrder, type StagePolicies, withFollowers } from "./stages.ts";

/** A run that is to begin now. */
export interface PlannedRun {
  readonly trigger: Trigger;
  /** In the order in which they run. */
  readonly stages: readonly StageName[];
  /** The slots it is for, by stage; the other stages follow these. */
  readonly slots: Readonly<Partial<Record<StageName, string>>>;
  /** Slots in the past that it stands for besides. */
  readonly missed: Readonly<Partial<Record<StageName, MissedSlots>>>;
}

/** What a decision about now is made of. */
export interface ScheduleState {
  readonly policies: StagePolicies;
  /** IANA zone of the cron expressions. */
  readonly timezone: string;
  /** All runs whose slots may matter: the last ones. */
  readonly runs: readonly Run[];
  readonly now: Date;
  /** Slots up to here are nobody's, where no run tells of one: the scheduler's first start. */
  readonly since: Date;
}

/** A slot that is begun later than this was missed, and is caught up. */
const lateMs = 120_000;

/** As in Vixie cron: a clock that was set back by less than this comes to slots that were run; one set back further was wrong before. */
const clockCorrectionMs = 3 * 3_600_000;

/** The runs that are due: of each stage the latest slot that no run was for, and once only, whatever was missed before it. */
export function planRuns(state: ScheduleState): readonly PlannedRun[] {
  const due = stageNames.flatMap((stage) => dueSlot(stage, state) ?? []);
  const stages = withFollowers(
    due.map(({ stage }) => stage),
    state.policies,
  );
  return groupStages(stages, state.policies).map((group) =>
    planned(
      group,
      due.filter(({ stage }) => group.includes(stage)),
    ),
  );
}

/** The run that a scheduler begins with: everything it schedules, but training only if it is due. */
export function planFirstRuns(state: ScheduleState): readonly PlannedRun[] {
  const due = stageNames.flatMap((stage) => dueSlot(stage, state, { isFirst: true }) ?? []);
  const all = inOrder(
    stageNames.filter((stage) => {
      const { cron, after } = state.policies[stage];
      return stage === "train" ? due.some((slot) => slot.stage === stage) : cron !== null || after.length > 0;
    }),
  );
  return groupStages(all, state.policies).map((group) =>
    planned(
      group,
      due.filter(({ stage }) => group.includes(stage)),
    ),
  );
}

/** The next slot of every stage that has some. */
export function nextSlots(state: Pick<ScheduleState, "policies" | "timezone" | "now">): readonly {
  readonly stage: StageName;
  readonly slot: Date;
}[] {
  return stageNames.flatMap((stage) => {
    const { cron } = state.policies[stage];
    const slot = cron === null ? null : cronSlots(cron, state.timezone).next(state.now);
    return slot === null ? [] : [{ stage, slot }];
  });
}

interface DueSlot {
  readonly stage: StageName;
  readonly slot: Date;
  readonly missed: MissedSlots | null;
  readonly isLate: boolean;
}

/** The slot of a stage that is due, null when it has been run, or skipped with its reason. */
export function dueSlot(stage: StageName, state: ScheduleState, { isFirst = false } = {}): DueSlot | null {
  const { cron } = state.policies[stage];
  if (cron === null) return null;
  const slots = cronSlots(cron, state.timezone);
  const slot = slots.latest(state.now);
  const handled = handledUntil(stage, state);
  const since = handled ?? (isFirst ? null : state.since);
  if (slot === null || (since !== null && slot <= since)) return null;
  const range = since === null ? null : slots.between(since, slot);
  const missed = range && { slots: range.slots, from: range.from.toISOString(), to: range.to.toISOString() };
  const isLate = since !== null && state.now.getTime() - slot.getTime() > lateMs;
  return { stage, slot, missed, isLate };
}

/** The latest slot of a stage that a run was for. */
function handledUntil(stage: StageName, { runs, now }: ScheduleState): Date | null {
  const latest = runs.reduce((newest, run) => {
    const slot = Date.parse(run.slots[stage] ?? "");
    const isOfAWrongClock = Date.parse(run.startedAt) > now.getTime() + clockCorrectionMs;
    return Number.isNaN(slot) || isOfAWrongClock ? newest : Math.max(newest, slot);
  }, Number.NEGATIVE_INFINITY);
  return latest === Number.NEGATIVE_INFINITY ? null : new Date(latest);
}

function planned(stages: readonly StageName[], due: readonly DueSlot[]): PlannedRun {
  const isCatchUp = due.some(({ isLate, missed }) => isLate || missed !== null);
  return {
    trigger: isCatchUp ? "catch-up" : "schedule",
    stages,
    slots: Object.fromEntries(due.map(({ stage, slot }) => [stage, slot.toISOString()])),
    missed: Object.fromEntries(due.flatMap(({ stage, missed }) => (missed === null ? [] : [[stage, missed]]))),
  };
}
