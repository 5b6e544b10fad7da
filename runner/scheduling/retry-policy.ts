import type { ErrorKind, StageError } from "../execution/journal-events.ts";
import type { StagePolicy } from "../project/schedules.ts";

/** Whether the same can work next time. SQL, tests, data and settings stay as they are until somebody mends them. */
const canPass = {
  network: true,
  rate_limit: true,
  server: true,
  lock: true,
  disk: false,
  test: false,
  sql: false,
  data: false,
  project: false,
  login: false,
  timeout: false,
  stopped: false,
  killed: false,
  bug: false,
} as const satisfies Record<ErrorKind, boolean>;

/** No pause is longer, and what is closed for longer is left to the next slot. */
const longestPauseMs = 3_600_000;

interface FailedAttempt {
  readonly policy: StagePolicy;
  /** From 1. */
  readonly attempt: number;
  readonly error: StageError;
  readonly now: Date;
  /** From 0 up to, not including, 1. */
  readonly random: number;
}

/** When a stage that failed is tried again; null when it is not. The pause doubles from attempt to attempt; half of it is chance. */
export function nextAttemptAt({ policy, attempt, error, now, random }: FailedAttempt): Date | null {
  if (attempt > policy.retries || !canPass[error.kind]) return null;
  const fullMs = Math.min(policy.backoffSeconds * 1000 * 2 ** (attempt - 1), longestPauseMs);
  const pauseMs = fullMs / 2 + (random * fullMs) / 2;
  const closedMs = error.retryAt === null ? 0 : Date.parse(error.retryAt) - now.getTime();
  if (closedMs > longestPauseMs) return null;
  return new Date(now.getTime() + Math.round(Math.max(pauseMs, closedMs)));
}
