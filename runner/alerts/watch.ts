/** A data test that failed, without any row. */
export interface FailedTest {
  readonly name: string;
  /** Rows it returned; null when it could not run. */
  readonly rows: number | null;
}

/** A node of a build that failed. */
export interface FailedNode {
  /** Its name, of a source with its schema. */
  readonly name: string;
  /** `path:line:column` of what failed. */
  readonly place: string | null;
  readonly tests: readonly FailedTest[];
}

export interface Gap {
  readonly from: Date;
  readonly to: Date;
}

/** How one stage of a run ended, after its last attempt. */
export interface StageOutcome {
  /** With `stage` unique. */
  readonly runId: string;
  readonly stage: string;
  readonly trigger: string;
  readonly status: "success" | "partial" | "failed";
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** Why it failed, without any row. */
  readonly error: string | null;
  readonly failures: readonly FailedNode[];
  /** Where a poll found that plays may be missing. */
  readonly gaps: readonly Gap[];
}

/** A stage that runs by cadence. */
export interface ScheduledStage {
  readonly stage: string;
  /** Between two of its slots. */
  readonly intervalMs: number;
  readonly lastSuccessAt: Date | null;
}

/** How it stands with the login at Spotify: its end, or since when there is none any more though nobody took it away. */
export interface LoginWatch {
  readonly endsAt: Date | null;
  readonly endedAt: Date | null;
}

/** What is looked at before it is decided who has to be told; a part that is not known is left out, and what is open of it stays open. */
export interface Watch {
  /** Those told of before are left aside. */
  readonly runs: readonly StageOutcome[];
  readonly scheduled?: readonly ScheduledStage[];
  /** Null when Spotify is not asked. */
  readonly login?: LoginWatch | null;
  /** Bytes where the data lies. */
  readonly freeDisk?: number;
}
