import { setTimeout as sleep } from "node:timers/promises";

import { withCancellation } from "../cancellation.ts";
import type { StageError } from "../execution/journal-events.ts";
import { newRunId, openJournal } from "../execution/journal.ts";
import { failed, succeeded, type StageOutcome } from "../execution/stage-outcome.ts";
import type { StageName } from "../project/schedules.ts";
import type { Effects } from "./effects.ts";
import { toStageError } from "./explain-stage-error.ts";
import { engineVersion, type LoadedProject } from "./project-options.ts";

interface StageByHand {
  readonly loaded: LoadedProject;
  readonly command: string;
  readonly stage: StageName;
}

/** How long work may take to end by itself after it was told to; then it is left behind, and the process ends. */
const patienceMs = 5000;

/** Runs one stage by hand as a run of its own, told in a journal; gives the exit code. What a run is a part of tells of it instead. */
export async function recordStage(
  { loaded, command, stage }: StageByHand,
  effects: Effects,
  use: (effects: Effects) => Promise<StageOutcome>,
): Promise<number> {
  if (effects.parent !== undefined) return exitCodeOf(await use(effects));
  const began = effects.now();
  const runId = newRunId(began, effects.pid);
  const journal = await openJournal(loaded.dataDir, runId, effects.now);
  const finish = (outcome: StageOutcome): void => {
    const ms = Math.max(0, effects.now().getTime() - began.getTime());
    const { status, rows, error, skipped } = outcome;
    for (const gap of outcome.gaps) journal.write({ event: "gap", ...gap });
    if (skipped !== null) journal.write({ event: "stage_skipped", stage, ...skipped });
    if (status !== "skipped")
      journal.write({ event: "stage_finished", stage, attempt: 1, status, rows, ms, error, nextAttemptAt: null });
    journal.write({ event: "run_finished", status, ms, exitCode: exitCodeOf(outcome) });
  };
  try {
    const { args, pid } = effects;
    const version = await engineVersion();
    journal.write({ event: "run_started", command, args: [...args], pid, version, stages: [stage] });
    journal.write({ event: "stage_started", stage, attempt: 1 });
    const parent = { runId, stage, attempt: 1 };
    const outcome = await withCancellation(effects.signal, (signal) =>
      abandonable(signal, () => use({ ...effects, signal, parent })),
    );
    finish(outcome);
    return exitCodeOf(outcome);
  } catch (error) {
    ignoring(() => finish(failed(toStageError(error))));
    throw error;
  } finally {
    journal.close();
  }
}

/** Work that is left behind when it does not end within some seconds after `signal`; whatever it was at, nothing of it counts. */
export async function abandonable<T>(signal: AbortSignal, use: () => Promise<T>): Promise<T> {
  const given = new AbortController();
  const abandoned = new Promise<never>((_, reject) => {
    const wait = async (): Promise<void> => {
      await sleep(patienceMs, undefined, { signal: given.signal, ref: false }).catch(() => undefined);
      // The reason is a CancelledError.
      reject(signal.reason instanceof Error ? signal.reason : new Error("The work was stopped."));
    };
    if (signal.aborted) void wait();
    else signal.addEventListener("abort", () => void wait(), { once: true });
  });
  try {
    const result = await Promise.race([use(), abandoned]);
    signal.throwIfAborted();
    return result;
  } catch (error) {
    // What stopped work says of it is no news.
    signal.throwIfAborted();
    throw error;
  } finally {
    given.abort();
    // Nobody waits for it any more.
    abandoned.catch(() => undefined);
  }
}

/** What a command that gives an exit code only came to. */
export function codeToOutcome(code: number): StageOutcome {
  const error: StageError = { kind: "data", message: "a part of it failed", retryAt: null };
  return code === 0 ? succeeded(null) : failed(error, null, "partial");
}

function exitCodeOf({ status }: StageOutcome): 0 | 1 {
  return status === "success" || status === "skipped" ? 0 : 1;
}

/** A full disk refuses the journal too, and is told of already. */
function ignoring(use: () => void): void {
  try {
    use();
  } catch {
    // The run's own error is thrown instead.
  }
}
