import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

import type { ErrorKind } from "../execution/journal-events.ts";
import { failed, stageOutcome, type StageOutcome } from "../execution/stage-outcome.ts";
import type { ParentRun } from "../execution/journal-events.ts";
import type { StageName } from "../project/schedules.ts";

/** One attempt of a stage, to be done by a process of its own. */
export interface StageAttempt {
  readonly stage: StageName;
  readonly parent: ParentRun;
  readonly timeoutSeconds: number;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

/** How the command line is started, and what hears what it says. */
export interface StageProcessOptions {
  /** Arguments of Node up to the script. */
  readonly script: readonly string[];
  /** Those behind `stage <name>`. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onLine: (line: string, stream: "stdout" | "stderr") => void;
}

/** A child that was told to stop and does not is killed after this. */
const killAfterMs = 7000;

/** The variable that tells a stage's process which run and which stage of it it is a part of. */
export const parentVariable = "TONEARM_PARENT_RUN";

/** Runs one attempt in a process of its own: it may hang, crash or fill its memory, and only this attempt fails. */
export async function runStageProcess(attempt: StageAttempt, options: StageProcessOptions): Promise<StageOutcome> {
  const { stage, parent, timeoutSeconds, signal } = attempt;
  const { script, args, cwd, environment } = options;
  const child = spawn(process.execPath, [...script, "stage", stage, ...args], {
    cwd,
    env: { ...environment, [parentVariable]: JSON.stringify(parent) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // In a group of its own: Ctrl-C in a terminal reaches the scheduler, which tells its stages; and a kill reaches what they started.
    detached: true,
  });
  hear(child, options.onLine);
  let outcome: StageOutcome | null = null;
  child.on("message", (message) => {
    const parsed = stageOutcome.safeParse(message);
    if (parsed.success) outcome = parsed.data;
  });
  let ended: "timeout" | "stopped" | null = null;
  let killer: NodeJS.Timeout | undefined;
  const end = (why: "timeout" | "stopped"): void => {
    if (ended !== null) return;
    ended = why;
    signalGroup(child, "SIGTERM");
    killer = setTimeout(() => signalGroup(child, "SIGKILL"), killAfterMs);
  };
  const stop = (): void => end("stopped");
  const timer = setTimeout(() => end("timeout"), Math.min(timeoutSeconds * 1000, 2 ** 31 - 1));
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const { code, killedBy } = await exitOf(child);
  clearTimeout(timer);
  clearTimeout(killer);
  signal.removeEventListener("abort", stop);
  if (ended === "timeout") return endedBy("timeout", `it took longer than ${timeoutSeconds} s and was ended`);
  if (ended === "stopped") return endedBy("stopped", "it was stopped");
  if (outcome !== null) return outcome;
  if (killedBy !== null) return endedBy("killed", `its process was ended by ${killedBy}`);
  return endedBy("bug", `its process ended with code ${code} and told nothing`);
}

function endedBy(kind: ErrorKind, message: string): StageOutcome {
  return failed({ kind, message, retryAt: null });
}

function hear(child: ChildProcess, onLine: StageProcessOptions["onLine"]): void {
  for (const stream of ["stdout", "stderr"] as const) {
    const input = child[stream];
    if (input !== null) createInterface({ input }).on("line", (line) => onLine(line, stream));
  }
}

async function exitOf(
  child: ChildProcess,
): Promise<{ readonly code: number | string | null; readonly killedBy: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: error.message, killedBy: null }));
    child.once("close", (code, killedBy) => resolve({ code, killedBy }));
  });
}

/** The whole group, so that nothing it started is left; the child alone where there are no groups. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}
