import type { AlertBook } from "./book.ts";
import { decideFailures, type Decision } from "./decide-failures.ts";
import { decideStanding } from "./decide-standing.ts";
import type { Watch } from "./watch.ts";

export interface AlertRules {
  /** An open incident is told again after so many more failures. */
  readonly remindEvery: number;
  /** Bytes. */
  readonly minFreeDisk: number;
  readonly now: Date;
}

/** Nobody looked for longer than this: the machine slept, or the scheduler was down. */
const pauseMs = 15 * 60_000;

/** What people are to be told now, and the book that makes sure they are told once. */
export function decideAlerts(book: AlertBook, watch: Watch, rules: AlertRules): Decision {
  const awake = { ...book, awakeSince: awakeSince(book, rules.now) };
  const failures = decideFailures(awake, watch.runs, rules);
  const standing = decideStanding(failures.book, watch, rules);
  return {
    alerts: [...failures.alerts, ...standing.alerts],
    book: { ...standing.book, checkedAt: rules.now.toISOString() },
  };
}

function awakeSince({ checkedAt, awakeSince: since }: AlertBook, now: Date): string {
  if (checkedAt === null || since === null) return now.toISOString();
  const pause = now.getTime() - new Date(checkedAt).getTime();
  // A clock that was set back is no pause, but what it said before is of no use.
  return pause > pauseMs || pause < 0 ? now.toISOString() : since;
}
