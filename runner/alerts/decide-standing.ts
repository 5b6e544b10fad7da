import type { Alert, AlertBook } from "./book.ts";
import type { Decision } from "./decide-failures.ts";
import { durationText, momentText } from "./duration-text.ts";
import type { LoginWatch, ScheduledStage, Watch } from "./watch.ts";

/** Something that is wrong for as long as it lasts; a higher level than was told is told again. */
interface Condition {
  readonly key: string;
  readonly level: number;
  readonly subject: string;
  readonly details: readonly string[];
  readonly advice: string | null;
  /** Since when it lasts; from now on where nobody knows. */
  readonly since?: Date;
}

interface Surroundings {
  readonly book: AlertBook;
  readonly minFreeDisk: number;
  readonly now: Date;
}

/** What is wrong by one part of the watch; null when that part is not known, so that what is open of it stays open. */
type Find = (watch: Watch, surroundings: Surroundings) => readonly Condition[] | null;

const dayMs = 86_400_000;
/** Tries of a channel in a row that fail before the other channels tell of it. */
const deadChannelTries = 3;

const finders = {
  freshness: (watch, { book, now }) =>
    watch.scheduled?.flatMap((stage) => (isStale(stage, book, now) ? [staleness(stage, now)] : [])) ?? null,
  login: ({ login }, { now }) => (login === undefined ? null : login === null ? [] : loginCondition(login, now)),
  disk: ({ freeDisk }, surroundings) =>
    freeDisk === undefined ? null : isDiskLow(freeDisk, surroundings) ? [lowDisk(freeDisk)] : [],
  delivery: (_, { book }) => deadChannels(book),
} satisfies Record<string, Find>;

/** Conditions that are new or got worse, and those that are over. */
export function decideStanding(
  book: AlertBook,
  watch: Watch,
  { minFreeDisk, now }: { readonly minFreeDisk: number; readonly now: Date },
): Decision {
  const standing = { ...book.standing };
  const alerts: Alert[] = [];
  for (const [part, find] of Object.entries(finders)) {
    const found = find(watch, { book, minFreeDisk, now });
    if (found === null) continue;
    for (const condition of found) {
      const open = standing[condition.key];
      if (open !== undefined && open.level >= condition.level) continue;
      alerts.push(warn(condition, now));
      const since = open?.since ?? (condition.since ?? now).toISOString();
      standing[condition.key] = { since, level: condition.level, subject: condition.subject };
    }
    for (const key of Object.keys(standing)) {
      const open = standing[key];
      if (open === undefined || key.split(":")[0] !== part || found.some((condition) => condition.key === key))
        continue;
      alerts.push(endOf(key, open, now));
      delete standing[key];
    }
  }
  return { alerts, book: { ...book, standing } };
}

/** Whether a stage has not succeeded for two intervals. */
export function isLate({ intervalMs, lastSuccessAt }: ScheduledStage, now: Date): boolean {
  return lastSuccessAt === null || now.getTime() - lastSuccessAt.getTime() > 2 * intervalMs;
}

/** After a pause (sleep, downtime) a stage first gets the time to catch up. A failing one has been told of. */
function isStale(stage: ScheduledStage, book: AlertBook, now: Date): boolean {
  if (book.failures[stage.stage] !== undefined || !isLate(stage, now)) return false;
  const key = `freshness:${stage.stage}`;
  if (book.standing[key] !== undefined) return true;
  const awakeMs = now.getTime() - new Date(book.awakeSince ?? now).getTime();
  const graceMs = stage.lastSuccessAt === null ? 2 * stage.intervalMs : Math.min(stage.intervalMs, 3_600_000);
  return awakeMs > graceMs;
}

function staleness({ stage, intervalMs, lastSuccessAt }: ScheduledStage, now: Date): Condition {
  const last = lastSuccessAt === null ? "never" : momentText(lastSuccessAt);
  const age = lastSuccessAt === null ? "" : `, ${durationText(now.getTime() - lastSuccessAt.getTime())} ago`;
  return {
    key: `freshness:${stage}`,
    level: 1,
    subject: `${stage} has had no success for two intervals`,
    details: [`last success: ${last}${age}`, `interval: ${durationText(intervalMs)}`],
    advice: "npm run status tells what runs and what comes next; npm run debug what to mend.",
    ...(lastSuccessAt !== null && { since: lastSuccessAt }),
  };
}

function loginCondition({ endsAt, endedAt }: LoginWatch, now: Date): readonly Condition[] {
  const advice = "Run npm run login where the scheduler runs. Until then polls are not possible; exports land as ever.";
  const at = (level: number, subject: string): Condition[] => [{ key: "login", level, subject, details: [], advice }];
  const ended = "the login with Spotify has ended: log in again";
  if (endedAt !== null) return at(3, ended);
  if (endsAt === null) return [];
  const leftMs = endsAt.getTime() - now.getTime();
  if (leftMs <= 0) return at(3, ended);
  const days = Math.ceil(leftMs / dayMs);
  const subject = `the login with Spotify ends in ${days} ${days === 1 ? "day" : "days"}, on ${endsAt.toISOString().slice(0, 10)}: log in again`;
  if (days <= 7) return at(2, subject);
  return days <= 30 ? at(1, subject) : [];
}

/** Once told of, it is over only a tenth above the threshold, so that a disk at its edge does not flood. */
function isDiskLow(freeDisk: number, { book, minFreeDisk }: Surroundings): boolean {
  return freeDisk < minFreeDisk * (book.standing["disk"] === undefined ? 1 : 1.1);
}

function lowDisk(freeDisk: number): Condition {
  return {
    key: "disk",
    level: 1,
    subject: `little disk space is left: ${(freeDisk / 1e9).toFixed(1)} GB`,
    details: [],
    advice: "A full disk stops builds and landings; the published warehouse stays. Free some, or move DATA_DIR.",
  };
}

function deadChannels({ channels, attempts }: AlertBook): readonly Condition[] {
  return Object.entries(channels)
    .filter(([, { failures }]) => failures >= deadChannelTries)
    .map(([channel]) => ({
      key: `delivery:${channel}`,
      level: 1,
      subject: `alerts cannot be delivered by ${channel}`,
      details: [attempts.findLast((attempt) => attempt.channel === channel)?.trouble ?? ""],
      advice: "npm run debug tells what to mend. What waits is delivered once it works again.",
    }));
}

function warn({ key, level, subject, details, advice }: Condition, now: Date): Alert {
  const at = now.toISOString();
  return { id: `${key} ${level} ${at}`, kind: "warning", subject, facts: [], details, advice, at };
}

function endOf(key: string, open: { readonly since: string; readonly subject: string }, now: Date): Alert {
  const lasted = durationText(now.getTime() - new Date(open.since).getTime());
  return {
    id: `${key} recovered ${now.toISOString()}`,
    kind: "recovered",
    subject: `over after ${lasted}: ${open.subject}`,
    facts: [],
    details: [],
    advice: null,
    at: now.toISOString(),
  };
}
