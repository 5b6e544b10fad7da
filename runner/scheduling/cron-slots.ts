import { Cron } from "croner";

/** Slots of a cron expression that lie between two moments: how many, and the first and the last of them. */
export interface SlotRange {
  readonly slots: number;
  readonly from: Date;
  readonly to: Date;
}

/** A cron expression read in an IANA time zone. */
export interface CronSlots {
  /** The last slot at or before a moment; null when there is none. */
  readonly latest: (moment: Date) => Date | null;
  /** The first slot after a moment. */
  readonly next: (moment: Date) => Date | null;
  /** Those strictly between two moments; counted to 100,000 at most. */
  readonly between: (after: Date, before: Date) => SlotRange | null;
}

const most = 100_000;

/**
 * Slots of a cron expression of five fields, as Vixie cron has them: where clocks go forward, a slot in the hour that is left out comes right
 * after it; where they go back, a slot at a fixed hour comes once, and one that comes every so many minutes goes on through both hours.
 */
export function cronSlots(expression: string, timezone: string): CronSlots {
  const cron = new Cron(expression, { timezone, mode: "5-part", paused: true });
  const next = (moment: Date): Date | null => cron.nextRun(moment);
  // Croner looks at moments before the one it is given, of which it leaves the milliseconds out.
  const latest = (moment: Date): Date | null =>
    cron.previousRuns(1, new Date(Math.floor(moment.getTime() / 1000) * 1000 + 1000))[0] ?? null;
  return {
    latest,
    next,
    between(after, before) {
      const first = next(after);
      if (first === null || first >= before) return null;
      let slots = 1;
      let last = first;
      for (let slot = next(first); slot !== null && slot < before && slots < most; slot = next(slot)) {
        slots += 1;
        last = slot;
      }
      return { slots, from: first, to: last };
    },
  };
}
