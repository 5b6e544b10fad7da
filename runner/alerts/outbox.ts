import type { Alert, AlertBook, Delivery } from "./book.ts";

/** How the tries of one channel ended: what was delivered, and why the next one was not, if so. */
export interface ChannelResult {
  readonly channel: string;
  readonly delivered: readonly Delivery[];
  readonly failed: { readonly delivery: Delivery; readonly trouble: string } | null;
}

const firstPauseMs = 60_000;
const longestPauseMs = 15 * 60_000;
/** While a process delivers no other one does; when it dies, the next one takes over after this. */
const leaseMs = 120_000;
const giveUpMs = 3 * 86_400_000;
const mostKept = 100;
const attemptsKept = 50;

/** Puts alerts in line for each channel; that a channel is dead is told on the others. */
export function enqueue(book: AlertBook, alerts: readonly Alert[], channels: readonly string[]): AlertBook {
  const added = alerts.flatMap((alert) =>
    channels
      .filter((channel) => !alert.id.startsWith(`delivery:${channel} `))
      .map((channel): Delivery => ({ channel, alert })),
  );
  return { ...book, outbox: [...book.outbox, ...added].slice(-mostKept) };
}

/** What is to be delivered now, oldest first; its channels are kept from other processes meanwhile. */
export function takeDue(
  book: AlertBook,
  names: readonly string[],
  now: Date,
): { readonly due: readonly Delivery[]; readonly book: AlertBook } {
  const isOpen = (channel: string): boolean => {
    const waitMs = new Date(book.channels[channel]?.nextAt ?? now).getTime() - now.getTime();
    // Longer than anything waits: the clock was set back.
    return waitMs <= 0 || waitMs > longestPauseMs;
  };
  const due = book.outbox.filter(({ channel }) => names.includes(channel) && isOpen(channel));
  const nextAt = new Date(now.getTime() + leaseMs).toISOString();
  const taken = [...new Set(due.map(({ channel }) => channel))].map(
    (channel) => [channel, { failures: book.channels[channel]?.failures ?? 0, nextAt }] as const,
  );
  return { due, book: { ...book, channels: { ...book.channels, ...Object.fromEntries(taken) } } };
}

/** The book after the tries: delivered alerts leave, a channel that fails rests ever longer, and what is three days old is given up. */
export function settle(book: AlertBook, results: readonly ChannelResult[], now: Date): AlertBook {
  const at = now.toISOString();
  const delivered = results.flatMap((result) => result.delivered);
  const rested = results.map(({ channel, failed }) => {
    const failures = failed === null ? 0 : (book.channels[channel]?.failures ?? 0) + 1;
    const pauseMs = failures === 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1));
    return [channel, { failures, nextAt: new Date(now.getTime() + pauseMs).toISOString() }] as const;
  });
  const attempts = results.flatMap(({ channel, delivered: sent, failed }) => [
    ...sent.map(({ alert }) => ({ at, channel, what: alert.subject, trouble: null })),
    ...(failed === null ? [] : [{ at, channel, what: failed.delivery.alert.subject, trouble: failed.trouble }]),
  ]);
  return {
    ...book,
    outbox: book.outbox.filter(
      (waiting) => !delivered.some((sent) => isSame(sent, waiting)) && !isGivenUp(waiting, now),
    ),
    channels: { ...book.channels, ...Object.fromEntries(rested) },
    attempts: [...book.attempts, ...attempts].slice(-attemptsKept),
  };
}

/** The book after one try of a channel that has no line: a ping. */
export function recordAttempt(
  book: AlertBook,
  { channel, what, trouble }: { readonly channel: string; readonly what: string; readonly trouble: string | null },
  now: Date,
): AlertBook {
  const at = now.toISOString();
  const failures = trouble === null ? 0 : (book.channels[channel]?.failures ?? 0) + 1;
  return {
    ...book,
    channels: { ...book.channels, [channel]: { failures, nextAt: at } },
    attempts: [...book.attempts, { at, channel, what, trouble }].slice(-attemptsKept),
  };
}

function isGivenUp({ alert }: Delivery, now: Date): boolean {
  return now.getTime() - new Date(alert.at).getTime() > giveUpMs;
}

function isSame(left: Delivery, right: Delivery): boolean {
  return left.channel === right.channel && left.alert.id === right.alert.id;
}
