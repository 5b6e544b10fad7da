import { skipped, type StageOutcome } from "../execution/stage-outcome.ts";
import type { StageName } from "../project/schedules.ts";
import { stageLocks, type StageLock } from "./stages.ts";

/** Lets one stage at a time have each lock, in the order in which they came; a stage that is at work or waits already is skipped. */
export class StageTurns {
  readonly #busy = new Map<StageName, string>();
  readonly #last = new Map<StageLock, Promise<unknown>>();

  /** The stage is at work until `use` ends; `elsewhere` names the run of another process that is at it, if there is one. */
  async claim(
    stage: StageName,
    of: { readonly runId: string; readonly elsewhere: string | null },
    use: () => Promise<StageOutcome>,
  ): Promise<StageOutcome> {
    const other = this.#busy.get(stage) ?? of.elsewhere;
    if (other !== null) return skipped("in_progress", `${stage} of run ${other} has not ended`);
    this.#busy.set(stage, of.runId);
    try {
      return await use();
    } finally {
      this.#busy.delete(stage);
    }
  }

  /** Runs `use` once all that came before for the same lock has ended. */
  async inTurn<T>(stage: StageName, use: () => Promise<T>): Promise<T> {
    const lock = stageLocks[stage];
    const turn = (this.#last.get(lock) ?? Promise.resolve()).then(use);
    this.#last.set(
      lock,
      turn.catch(() => undefined),
    );
    return turn;
  }
}
