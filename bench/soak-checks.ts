import { type AlertBook, emptyBook } from "../runner/alerts/book.ts";
import { decideFailures } from "../runner/alerts/decide-failures.ts";
import { stageOutcomes } from "../runner/alerts/stage-outcomes.ts";
import { lastAttempts, type Run } from "../runner/execution/run-history.ts";
import type { StageName, StagePolicy } from "../runner/project/schedules.ts";
import { cronSlots } from "../runner/scheduling/cron-slots.ts";

export interface Cadence {
  readonly timezone: string;
  readonly policies: Readonly<Record<StageName, StagePolicy>>;
}

function cronOf(stage: string, policies: Cadence["policies"]): string {
  return Object.entries(policies).find(([name]) => name === stage)?.[1].cron ?? "";
}

/** Gathers, in little memory, what runs told: which slots have a record, and what was alerted. */
export class SoakChecks {
  readonly counts: Record<string, number> = {};
  readonly #recorded = new Map<string, Set<number>>();
  readonly #failing = new Set<string>();
  #book: AlertBook = emptyBook;
  incidents = 0;
  recoveries = 0;
  failureAlerts = 0;
  recoveryAlerts = 0;

  /** A run that has ended. */
  add(run: Run, now: Date): void {
    this.#count(`runs ${run.trigger}`);
    this.#count(`runs that ended as ${run.status}`);
    for (const { attempt } of run.stages) if (attempt > 1) this.#count("retries");
    for (const { slots } of Object.values(run.missed))
      this.counts["slots missed and told of"] = (this.counts["slots missed and told of"] ?? 0) + slots;
    for (const { stage, status, error } of lastAttempts(run)) {
      if (error?.kind === "stopped" || status === "skipped" || status === "queued") continue;
      if (status === "success") {
        if (this.#failing.delete(stage)) this.recoveries += 1;
      } else if (!this.#failing.has(stage)) {
        this.#failing.add(stage);
        this.incidents += 1;
      }
    }
    for (const skipped of run.stages.flatMap((stage) => stage.skipped ?? [])) this.#count(`skipped: ${skipped.reason}`);
    const decision = decideFailures(this.#book, stageOutcomes(run, [], now), { remindEvery: 1e9, now });
    this.#book = decision.book;
    for (const { kind } of decision.alerts) {
      if (kind === "recovered") this.recoveryAlerts += 1;
      else if (kind === "failed") this.failureAlerts += 1;
    }
  }

  /** A journal on the disk. */
  recordSlots({ slots, missed }: Run, { timezone, policies }: Cadence): void {
    for (const [stage, slot] of Object.entries(slots)) this.#record(stage, Date.parse(slot));
    for (const [stage, { from, to }] of Object.entries(missed)) {
      const cadence = cronSlots(cronOf(stage, policies), timezone);
      for (let slot: Date | null = new Date(from); slot !== null && slot <= new Date(to); slot = cadence.next(slot))
        this.#record(stage, slot.getTime());
    }
  }

  /** Slots between the first and the last record of each stage that no run tells of. */
  slotsWithoutRecord({ timezone, policies }: Cadence): number {
    let missing = 0;
    for (const [stage, recorded] of this.#recorded) {
      const slots = cronSlots(cronOf(stage, policies), timezone);
      const sorted = [...recorded].toSorted((left, right) => left - right);
      const last = sorted.at(-1) ?? 0;
      for (
        let slot = slots.latest(new Date(sorted[0] ?? 0));
        slot !== null && slot.getTime() <= last;
        slot = slots.next(slot)
      ) {
        this.#count("slots");
        if (!recorded.has(slot.getTime())) missing += 1;
      }
    }
    return missing;
  }

  /** Between two seasons nobody expects anything. */
  forgetSlots(): void {
    this.#recorded.clear();
  }

  #record(stage: string, slot: number): void {
    const recorded = this.#recorded.get(stage) ?? new Set();
    recorded.add(slot);
    this.#recorded.set(stage, recorded);
  }

  #count(name: string): void {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}
