import * as z from "zod";

import { resourceTypes } from "../graph/resources.ts";

const milliseconds = z.number().nonnegative();
const count = z.int().nonnegative();
const moment = z.iso.datetime();

/** Why a run was begun: by its schedule, for a slot that was missed, or by hand. */
export const triggers = ["schedule", "catch-up", "manual"] as const;
export type Trigger = (typeof triggers)[number];

/** How a stage or a run ended; partial: a part failed, the rest counts. */
export const outcomes = ["success", "partial", "failed", "skipped"] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * What went wrong with a stage, as far as it decides what follows: `network`, `rate_limit` (429), `server` (5xx) and `lock` can pass next
 * time; `test` and `sql` are of the models, `project` of the configuration, `data` of files that land; `login` needs the user; `killed`:
 * the process was ended from outside; `bug`: anything else.
 */
export const errorKinds = [
  "network",
  "rate_limit",
  "server",
  "lock",
  "disk",
  "test",
  "sql",
  "data",
  "project",
  "login",
  "timeout",
  "stopped",
  "killed",
  "bug",
] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** Why a stage did not run at all. */
export const skipReasons = [
  "in_progress",
  "upstream_failed",
  "upstream_skipped",
  "pinned",
  "not_due",
  "not_configured",
  "stopped",
] as const;
export type SkipReason = (typeof skipReasons)[number];

export const stageError = z.strictObject({
  kind: z.enum(errorKinds),
  /** For people; no personal row and no secret. */
  message: z.string(),
  /** Before then the same cannot work, e.g. because Spotify closed its doors until then. */
  retryAt: moment.nullable().default(null),
});
export type StageError = Readonly<z.infer<typeof stageError>>;

/** In a journal, and in the environment of a stage's process. */
export const parentRun = z.strictObject({ runId: z.string(), stage: z.string(), attempt: count });
/** The stage, and the attempt of it, that a run is a part of. */
export type ParentRun = Readonly<z.infer<typeof parentRun>>;

/** Slots of the past that will not be run, because a later one is. */
const missedSlots = z.strictObject({ slots: count, from: moment, to: moment });
export type MissedSlots = Readonly<z.infer<typeof missedSlots>>;

const buildRequest = z.strictObject({
  select: z.array(z.string()).readonly(),
  exclude: z.array(z.string()).readonly(),
  vars: z.string(),
  fullRefresh: z.boolean(),
  force: z.boolean(),
  resourceType: z.array(z.enum(resourceTypes)).readonly().optional(),
  state: z.string().optional(),
  selector: z.string().optional(),
});
/** The options of a build that say what is built. */
export type BuildRequest = Readonly<z.infer<typeof buildRequest>>;

const runStarted = z.strictObject({
  event: z.literal("run_started"),
  command: z.string(),
  args: z.array(z.string()).readonly(),
  pid: z.int(),
  version: z.string(),
  trigger: z.enum(triggers).default("manual"),
  /** The moments that the schedule asked for, by stage. */
  slots: z.record(z.string(), moment).default({}),
  /** By stage: what a catch-up stands for besides its own slot. */
  missed: z.record(z.string(), missedSlots).default({}),
  /** Stages in the order they will run; until they start they are queued. */
  stages: z.array(z.string()).readonly().default([]),
  parent: parentRun.nullable().default(null),
  /** What a build was asked for, so that it can be done again; null for other commands and in older journals. */
  request: buildRequest.nullable().default(null),
});
const stageStarted = z.strictObject({ event: z.literal("stage_started"), stage: z.string(), attempt: count });
const stageFinished = z.strictObject({
  event: z.literal("stage_finished"),
  stage: z.string(),
  attempt: count,
  status: z.enum(["success", "partial", "failed"]),
  /** Landed, built, sent; null where there is nothing to count. */
  rows: count.nullable(),
  ms: milliseconds,
  error: stageError.nullable(),
  /** When the next attempt of this stage is due; null when there is none. */
  nextAttemptAt: moment.nullable(),
});
const stageSkipped = z.strictObject({
  event: z.literal("stage_skipped"),
  stage: z.string(),
  reason: z.enum(skipReasons),
  message: z.string(),
});
const nodeStarted = z.strictObject({ event: z.literal("node_started"), node: z.string() });
const nodeFinished = z.strictObject({
  event: z.literal("node_finished"),
  node: z.string(),
  status: z.string(),
  rows: count.nullable(),
  ms: milliseconds,
  message: z.string().nullable(),
  /** What was done: built, tested, documented or none; older journals do not tell. */
  work: z.string().default(""),
  /** Why that was done and nothing else, in words. */
  reason: z.string().default(""),
});
const testFinished = z.strictObject({
  event: z.literal("test_finished"),
  test: z.string(),
  node: z.string(),
  status: z.string(),
  /** Null when the test could not run. */
  failures: count.nullable(),
  severity: z.enum(["error", "warn"]),
  ms: milliseconds,
  message: z.string().nullable(),
});
/** Between these two moments a poll may have missed plays. */
const gap = z.strictObject({ event: z.literal("gap"), from: moment, to: moment });
const warning = z.strictObject({ event: z.literal("warning"), message: z.string() });
const published = z.strictObject({
  event: z.literal("published"),
  release: z.int().positive(),
  /** Those the run changed. */
  relations: z.array(z.string()).readonly(),
});
const runFinished = z.strictObject({
  event: z.literal("run_finished"),
  /** success, error, or cancelled by a signal. */
  status: z.string(),
  ms: milliseconds,
  /** Of the process; journals of older versions have none. */
  exitCode: count.optional(),
});

const at = { at: moment };

/** One line of a journal, checked. */
export const journalEntry = z.discriminatedUnion("event", [
  runStarted.extend(at),
  stageStarted.extend(at),
  stageFinished.extend(at),
  stageSkipped.extend(at),
  nodeStarted.extend(at),
  nodeFinished.extend(at),
  testFinished.extend(at),
  gap.extend(at),
  warning.extend(at),
  published.extend(at),
  runFinished.extend(at),
]);

/** One line of a journal. */
export type JournalEntry = z.infer<typeof journalEntry>;
/** What a run tells its journal; the journal adds the time. */
export type JournalEvent = z.input<
  | typeof runStarted
  | typeof stageStarted
  | typeof stageFinished
  | typeof stageSkipped
  | typeof nodeStarted
  | typeof nodeFinished
  | typeof testFinished
  | typeof gap
  | typeof warning
  | typeof published
  | typeof runFinished
>;
