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
  description: "One row per run that built or tried to, from the journals; the run that made this release is the last.",
  columns: [
    ["run_id", "varchar", "Id of the run; sorts by time."],
    ["command", "varchar", "The command."],
    ["started_at", "timestamp", "UTC."],
    ["finished_at", "timestamp", "UTC; null when the run was killed, and for the run that wrote this."],
    ["status", "varchar", "success, error, cancelled, or null when the run was killed or wrote this."],
    ["nodes_built", "bigint", "Nodes built, tested or described anew."],
    ["nodes_failed", "bigint", "Nodes that failed."],
    ["nodes_skipped", "bigint", "Nodes skipped because something they read failed."],
  ],
};
/** What was tested. */
export const testsTable: MetaTable = {
  name: "tests",
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
export const metaTables: readonly MetaTable[] = [relationsTable, runsTable, testsTable];
