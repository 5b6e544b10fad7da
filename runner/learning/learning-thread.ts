import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";

import { TrainingDataError } from "./algorithms/training-data-error.ts";
import type { ColumnarRows } from "./columnar-rows.ts";
import type { ModelVersion } from "./model-version.ts";
import type { ModelTask } from "./model-config.ts";
import type { TrainingInput, TrainingResult } from "./training.ts";
import type { StoredRows, WorkerAnswer, WorkerJob, WorkerMessage } from "./training-worker.ts";

/** Rows to score, and the file that the scores go to: a JSON array, an object a row in their order. */
export interface ScoringJob {
  readonly version: ModelVersion;
  /** What the version must have learned. */
  readonly task: ModelTask;
  readonly rows: ColumnarRows | StoredRows;
  readonly path: string;
}

/** A thread that trains and scores, one job after the other; it starts with the first and ends with `await using`. */
export class LearningThread {
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** `trainModel` on rows, or on those of a table, which the thread reads itself. */
  async train({
    rows,
    ...input
  }: Omit<TrainingInput, "rows"> & { readonly rows: ColumnarRows | StoredRows }): Promise<TrainingResult> {
    const answer = await this.#ask(rows, (stored) => ({ kind: "train", input, stored }));
    if (answer.kind === "trained") return answer.result;
    throw unexpected(answer);
  }

  /** `scoreVersion` into a file, with the same errors. */
  async score({ rows, ...job }: ScoringJob): Promise<void> {
    const answer = await this.#ask(rows, (stored) => ({ kind: "score", ...job, stored }));
    if (answer.kind !== "scored") throw unexpected(answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #ask(rows: ColumnarRows | StoredRows, jobOn: (stored: StoredRows | null) => WorkerJob): Promise<WorkerAnswer> {
    const [told, job] = isStored(rows) ? [{}, jobOn(rows)] : [rows, jobOn(null)];
    const answer = this.#last.then(() => this.#work(told, job));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #work(rows: ColumnarRows, job: WorkerJob): Promise<WorkerAnswer> {
    const worker = (this.#worker ??= new Worker(new URL("./training-worker.mjs", import.meta.url)));
    const { promise, end } = listen(worker);
    try {
      await Promise.race([tell(worker, rows, job), promise]);
      return await promise;
    } catch (error) {
      // A thread that broke is of no use to the next job.
      await worker.terminate();
      this.#worker = undefined;
      throw error;
    } finally {
      end();
    }
  }
}

function listen(worker: Worker): { readonly promise: Promise<WorkerAnswer>; readonly end: () => void } {
  let end = (): void => undefined;
  const promise = new Promise<WorkerAnswer>((resolve, reject) => {
    const exit = (code: number): void =>
      reject(new Error(`The learning thread ended with code ${code} and no answer.`));
    worker.on("message", resolve).on("error", reject).on("exit", exit);
    end = () => void worker.off("message", resolve).off("error", reject).off("exit", exit);
  });
  return { promise, end };
}

/** Copying all columns at once would hold the main thread up. */
async function tell(worker: Worker, rows: ColumnarRows, job: WorkerJob): Promise<void> {
  for (const [name, column] of Object.entries(rows)) {
    worker.postMessage({ kind: "column", name, column } satisfies WorkerMessage);
    await setImmediate();
  }
  worker.postMessage(job satisfies WorkerMessage);
}

function isStored(rows: ColumnarRows | StoredRows): rows is StoredRows {
  return typeof rows["relation"] === "string";
}

function unexpected(answer: WorkerAnswer): Error {
  return answer.kind === "refused"
    ? new TrainingDataError(answer.message)
    : new Error(`The learning thread answered '${answer.kind}'.`);
}
