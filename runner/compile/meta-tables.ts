/** A table of the schema `meta`, which the runner writes itself. */
export interface MetaTable {
  readonly name: string;
  readonly description: string;
  /** Column name, type, description. */
  readonly columns: readonly (readonly [string, string, string])[];
}

/** What stands in a release. */
export const relationsTable: MetaTable = {
  name: "relations",
  description: "One row per relation of this release: which run built it, and since when it is held.",
  columns: [
    ["relation", "varchar", "Schema and name."],
    ["materialized", "varchar", "How it is kept: source, seed, view, table, incremental."],
    ["row_count", "bigint", "Rows; null for views."],
    ["built_by", "varchar", "Id of the run that built its rows."],
    ["built_at", "timestamp", "When it was built, UTC."],
    ["content_hash", "varchar", "Changes when the content does."],
    [
      "held_since",
      "timestamp",
      "Since when it keeps older rows because a newer build failed, UTC; null when it is current.",
    ],
    ["held_reason", "varchar", "Why it is held."],
  ],
};
/** What has been tried. */
export const runsTable: MetaTable = {
  name: "runs",
  description:
    "One row per run, from the journals, as far as known when this release was published: also runs that published nothing, failed or were killed.",
  columns: [
    ["run_id", "varchar", "Id of the run; sorts by time."],
    [
      "parent_run_id",
      "varchar",
      "The run that this one is a part of: the build of a pipeline's stage; null for whole runs.",
    ],
    ["command", "varchar", "The command; schedule for runs that the scheduler began."],
    ["trigger", "varchar", "schedule, catch-up (a slot was missed) or manual."],
    ["started_at", "timestamp", "UTC."],
    ["finished_at", "timestamp", "UTC; null when it was killed or went on, as the run that wrote this."],
    ["status", "varchar", "success, partial, failed, skipped; null while it went on."],
    ["error", "varchar", "Why, in one line; null where nothing failed."],
    ["release", "bigint", "The release it published; null when none."],
    ["nodes_built", "bigint", "Nodes built, tested or described anew."],
    ["nodes_failed", "bigint", "Nodes that failed."],
    ["nodes_skipped", "bigint", "Nodes skipped because something they read failed."],
  ],
};
/** What each run was made of. */
export const stageRunsTable: MetaTable = {
  name: "stage_runs",
  description: "One row per attempt of a stage of a run, from the journals.",
  columns: [
    ["run_id", "varchar", "Id of the run."],
    ["trigger", "varchar", "schedule, catch-up or manual, as the run's."],
    ["stage", "varchar", "files, poll, bronze, build, predictive, train, export or reload."],
    ["attempt", "bigint", "From 1; 0 of a stage that did not begin."],
    ["status", "varchar", "queued, running, success, partial, failed or skipped."],
    ["started_at", "timestamp", "UTC; null when it did not begin."],
    ["finished_at", "timestamp", "UTC; null when it was killed or went on."],
    ["row_count", "bigint", "Rows landed, built or sent; null where there is nothing to count."],
    [
      "error_kind",
      "varchar",
      "What kind of failure: network, rate_limit, server, lock, disk, test, sql, data, project, login, timeout, stopped, killed, bug.",
    ],
    ["error", "varchar", "Why it failed or was skipped, in one line."],
    ["next_attempt_at", "timestamp", "When it was to be tried again, UTC; null when it was not."],
  ],
};
/** What was tested. */
export const testResultsTable: MetaTable = {
  name: "test_results",
  description: "One row per data test and run, from the journals.",
  columns: [
    ["run_id", "varchar", "Id of the run."],
    ["test", "varchar", "Unique id of the data test."],
    ["node", "varchar", "Unique id of the node whose transaction ran it."],
    ["status", "varchar", "pass, warn, fail, or error when it could not run."],
    ["failures", "bigint", "Rows the test returned."],
    ["severity", "varchar", "error or warn."],
    ["tested_at", "timestamp", "UTC."],
  ],
};

/** All of them. */
export const metaTables: readonly MetaTable[] = [relationsTable, runsTable, stageRunsTable, testResultsTable];
