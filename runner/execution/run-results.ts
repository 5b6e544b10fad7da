import type { NodeState } from "../graph/build-state.ts";

export type NodeStatus = "success" | "error" | "skipped" | "reused" | "no-op";
export type TestStatus = "pass" | "fail" | "warn" | "error" | "skipped";

/** What was done with a node: rows made, only tests run, only comments written, or nothing. */
export type Work = "built" | "tested" | "documented" | "none";

export interface TestResult {
  readonly uniqueId: string;
  readonly name: string;
  readonly status: TestStatus;
  /** Rows the test returned; null when it could not run. */
  readonly failures: number | null;
  readonly severity: "error" | "warn";
  readonly ms: number;
  readonly message: string | null;
}

/** What an incremental build of a partitioned model did. */
export interface BuiltPartitions {
  /** The partitions that were built anew, as texts; null when all were. */
  readonly built: readonly string[] | null;
  /** How many partitions its inputs have or had. */
  readonly total: number;
}

export interface NodeResult {
  readonly uniqueId: string;
  readonly relation: string;
  /** `table`, `view`, `incremental`, `seed`, `source`. */
  readonly kind: string;
  readonly critical: boolean;
  readonly status: NodeStatus;
  readonly work: Work;
  /** Why that was done and nothing else. */
  readonly reason: string;
  /** Null for a view. */
  readonly rows: number | null;
  readonly ms: number;
  readonly message: string | null;
  /** Null but for a partitioned model that was built. */
  readonly partitions: BuiltPartitions | null;
  readonly tests: readonly TestResult[];
  /** What the release says of the node from now on; null when it has never been built. */
  readonly state: NodeState | null;
}

/** What a run did, node by node; a failure is data in it, never an exception. */
export interface RunResults {
  readonly runId: string;
  /** ISO times. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly ms: number;
  readonly results: readonly NodeResult[];
  /** Relations dropped because the project no longer has them. */
  readonly dropped: readonly string[];
  readonly counts: ResultCounts;
}

export interface ResultCounts {
  readonly pass: number;
  readonly warn: number;
  readonly error: number;
  readonly skip: number;
  readonly reused: number;
  readonly total: number;
}

/** Nodes and tests by outcome, as dbt counts them. */
export function countResults(results: readonly NodeResult[]): ResultCounts {
  const statuses = results.flatMap((result) => [result.status, ...result.tests.map(({ status }) => status)]);
  const count = (...wanted: readonly string[]): number => statuses.filter((status) => wanted.includes(status)).length;
  return {
    pass: count("success", "pass", "no-op"),
    warn: count("warn"),
    error: count("error", "fail"),
    skip: count("skipped"),
    reused: count("reused"),
    total: statuses.length,
  };
}

/** Whether anything went wrong: the exit code is 1 then. */
export function hasFailed(results: RunResults): boolean {
  return results.counts.error > 0;
}

/** Whether a critical node failed: nothing is published then. */
export function isWithheld(results: RunResults): boolean {
  return results.results.some(({ critical, status }) => critical && status === "error");
}
