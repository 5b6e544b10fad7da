import { newRunId, openJournal } from "../execution/journal.ts";
import { toStageError } from "./explain-stage-error.ts";
import type { Effects } from "./effects.ts";
import { engineVersion } from "./project-options.ts";

/** Reads the configuration again as a run of its own, `reload`, so that one that became invalid is told of like every failure. */
export async function recordReload<T>(dataDir: string, effects: Effects, load: () => Promise<T>): Promise<T> {
  const { now, pid } = effects;
  const began = now();
  const journal = await openJournal(dataDir, newRunId(began, pid), now);
  const stage = "reload";
  const finish = (status: "success" | "failed", error: unknown): void => {
    const ms = Math.max(0, now().getTime() - began.getTime());
    const told = status === "failed" ? toStageError(error) : null;
    const finished = { event: "stage_finished", stage, attempt: 1, rows: null, ms, nextAttemptAt: null } as const;
    journal.write({ ...finished, status, error: told });
    journal.write({ event: "run_finished", status, ms });
  };
  try {
    const version = await engineVersion();
    journal.write({ event: "run_started", command: stage, args: [], pid, version, stages: [stage] });
    journal.write({ event: "stage_started", stage, attempt: 1 });
    const loaded = await load();
    finish("success", null);
    return loaded;
  } catch (error) {
    finish("failed", error);
    throw error;
  } finally {
    journal.close();
  }
}
