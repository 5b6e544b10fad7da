import type {
  ErrorKind,
  JournalEntry,
  MissedSlots,
  Outcome,
  ParentRun,
  SkipReason,
  StageError,
  Trigger,
} from "./journal-events.ts";

/** A run as its journal tells it. Times are ISO, UTC. */
export interface Run {
  readonly runId: string;
  /** `schedule`, `pipeline`, `build`, `ingest`, `train`, `export`, `reload`. */
  readonly command: string;
  readonly trigger: Trigger;
  /** The moments that the schedule asked for, by stage. */
  readonly slots: Readonly<Record<string, string>>;
  /** By stage, the slots that a catch-up stands for besides its own. */
  readonly missed: Readonly<Record<string, MissedSlots>>;
  readonly parent: ParentRun | null;
  readonly pid: number;
  readonly startedAt: string;
  /** Null while it runs, and of one that died. */
  readonly finishedAt: string | null;
  /** `running` also of one that died: see `settleRun`. */
  readonly status: Outcome | "running";
  readonly ms: number | null;
  /** Every attempt, in the order they began; stages that wait are queued, last. */
  readonly stages: readonly StageRun[];
  readonly nodes: NodeCounts;
  readonly failedTests: readonly FailedTest[];
  /** Texts of the nodes that failed, with the nodes' unique ids. */
  readonly failedNodes: readonly { readonly node: string; readonly message: string }[];
  /** Where a poll may have missed plays. */
  readonly gaps: readonly { readonly from: string; readonly to: string }[];
  readonly warnings: readonly string[];
  /** The release it published, null when none. */
  readonly release: number | null;
}

/** One attempt of a stage. */
export interface StageRun {
  readonly stage: string;
  /** From 1; 0 of a stage that has not begun. */
  readonly attempt: number;
  readonly status: Outcome | "queued" | "running";
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly ms: number | null;
  readonly rows: number | null;
  readonly error: StageError | null;
  readonly skipped: { readonly reason: SkipReason; readonly message: string } | null;
  readonly nextAttemptAt: string | null;
}

export interface NodeCounts {
  readonly built: number;
  readonly failed: number;
  readonly skipped: number;
  /** Rows of the nodes that were built. */
  readonly rows: number;
}

export interface FailedTest {
  readonly test: string;
  readonly node: string;
  /** Null when it could not run. */
  readonly failures: number | null;
  readonly severity: "error" | "warn";
}

/** A run from the lines of its journal; null when they do not hold its beginning. */
export function readRun(runId: string, entries: readonly JournalEntry[]): Run | null {
  const started = entries.find((entry) => entry.event === "run_started");
  if (started === undefined) return null;
  const finished = entries.findLast((entry) => entry.event === "run_finished");
  const { command, trigger, slots, missed, parent, pid, at } = started;
  return {
    runId,
    command,
    trigger,
    slots,
    missed,
    parent,
    pid,
    startedAt: at,
    finishedAt: finished?.at ?? null,
    status: finished === undefined ? "running" : parseStatus(finished.status),
    ms: finished?.ms ?? null,
    stages: readStages(started.stages, entries),
    ...readNodes(entries),
    gaps: entries.flatMap((entry) => (entry.event === "gap" ? [{ from: entry.from, to: entry.to }] : [])),
    warnings: entries.flatMap((entry) => (entry.event === "warning" ? [entry.message] : [])),
    release: entries.findLast((entry) => entry.event === "published")?.release ?? null,
  };
}

/** What became of a run that has not ended and of whose process nothing is left: it failed, and so did the stage it was at. */
export function settleRun(run: Run, isAlive: (run: Run) => boolean): Run {
  if (run.status !== "running" || isAlive(run)) return run;
  const message = "the process ended before the stage did: it was killed, or the machine went down";
  const error = { kind: "killed", message, retryAt: null } as const satisfies {
    kind: ErrorKind;
    [key: string]: unknown;
  };
  const stages = run.stages.map((stage): StageRun => {
    if (stage.status === "running") return { ...stage, status: "failed", error };
    if (stage.status !== "queued") return stage;
    return { ...stage, status: "skipped", skipped: { reason: "stopped", message: "the run died before" } };
  });
  return { ...run, status: "failed", stages };
}

/** The last attempt of each stage of a run, in order. */
export function lastAttempts({ stages }: Pick<Run, "stages">): readonly StageRun[] {
  return [...new Map(stages.map((stage) => [stage.stage, stage])).values()];
}

function parseStatus(status: string): Outcome {
  // Journals of earlier versions say error.
  const word = status.split(":")[0];
  return word === "success" || word === "partial" || word === "skipped" ? word : "failed";
}

function readStages(planned: readonly string[], entries: readonly JournalEntry[]): readonly StageRun[] {
  const attempts = new Map<string, StageRun>();
  for (const entry of entries) {
    if (entry.event === "stage_started") {
      const { stage, attempt, at } = entry;
      attempts.set(`${stage} ${attempt}`, { ...queued(stage), attempt, status: "running", startedAt: at });
    } else if (entry.event === "stage_finished") {
      const { event: _, at, ...finished } = entry;
      const key = `${entry.stage} ${entry.attempt}`;
      attempts.set(key, { ...(attempts.get(key) ?? queued(entry.stage)), ...finished, finishedAt: at });
    } else if (entry.event === "stage_skipped") {
      const { stage, reason, message, at } = entry;
      // What was begun only to find out that there is nothing to do is no attempt.
      for (const [key, other] of attempts)
        if (other.stage === stage && other.status === "running") attempts.delete(key);
      attempts.set(`${stage} skipped`, {
        ...queued(stage),
        status: "skipped",
        finishedAt: at,
        skipped: { reason, message },
      });
    }
  }
  const begun = new Set([...attempts.values()].map(({ stage }) => stage));
  return [...attempts.values(), ...planned.filter((stage) => !begun.has(stage)).map(queued)];
}

function queued(stage: string): StageRun {
  return {
    stage,
    attempt: 0,
    status: "queued",
    startedAt: null,
    finishedAt: null,
    ms: null,
    rows: null,
    error: null,
    skipped: null,
    nextAttemptAt: null,
  };
}

function readNodes(entries: readonly JournalEntry[]): Pick<Run, "nodes" | "failedTests" | "failedNodes"> {
  const nodes = entries.filter((entry) => entry.event === "node_finished");
  const of = (status: string) => nodes.filter((node) => node.status === status);
  const tests = entries.filter((entry) => entry.event === "test_finished");
  return {
    nodes: {
      built: of("success").length,
      failed: of("error").length,
      skipped: of("skipped").length,
      rows: of("success").reduce((sum, { rows }) => sum + (rows ?? 0), 0),
    },
    failedTests: tests
      .filter(({ status }) => status !== "pass" && status !== "skipped")
      .map(({ test, node, failures, severity }) => ({ test, node, failures, severity })),
    failedNodes: of("error").map(({ node, message }) => ({ node, message: message ?? "" })),
  };
}
