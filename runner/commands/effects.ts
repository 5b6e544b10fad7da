import type { ParentRun } from "../execution/journal-events.ts";
import type { RunResults } from "../execution/run-results.ts";
import type { StageOutcome } from "../execution/stage-outcome.ts";
import type { VarValue } from "../project/project.ts";
import type { Logger } from "../log.ts";

/** What a command may do to the outside besides its own files. */
export interface Effects {
  /** Writes a line for people to standard output. */
  readonly print: (line: string) => void;
  /** A warning for people, on standard error. */
  readonly warn: (line: string) => void;
  /** Shows a line in place of the one before, null to clear it; null where nobody looks on (no terminal). */
  readonly progress: ((line: string | null) => void) | null;
  /** Letters in a line of the terminal; null where standard output is none. */
  readonly screenWidth: number | null;
  /** Ends the work when it fires; left out, each command listens to SIGTERM and SIGINT itself. */
  readonly signal?: AbortSignal;
  /** The run, and the stage of it, that this is a part of; left out for what is a run by itself. */
  readonly parent?: ParentRun;
  /** Tells the scheduler what came of a stage; there only in a process that it started. */
  readonly tellScheduler?: (outcome: StageOutcome) => Promise<void>;
  /** Told what a build did, node by node. */
  readonly built?: (results: RunResults) => void;
  readonly now: () => Date;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  /** The command line, for the journal. */
  readonly args: readonly string[];
  /** Null unless logs are wanted as JSON. */
  readonly log: Logger | null;
}

export type Vars = Readonly<Record<string, VarValue>>;
