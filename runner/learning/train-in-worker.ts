import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";

import { TrainingDataError } from "./algorithms/training-data-error.ts";
import type { ColumnarRows } from "./columnar-rows.ts";
import type { ModelVersion } from "./model-version.ts";
import type { Scores } from "./score-rows.ts";
import type { TrainingInput, TrainingResult } from "./training.ts";
import type { WorkerAnswer, WorkerMessage } from "./training-worker.ts";

/** `trainModel` in a thread of its own. */
export async function trainInWorker({ rows, ...input }: TrainingInput): Promise<TrainingResult> {
  const answer = await askWorker(rows, { kind: "train", input });
  if (answer.kind === "trained") return answer.result;
  throw unexpected(answer);
}

/** `scoreRows` in a thread of its own, with the same errors. */
export async function scoreInWorker(version: ModelVersion, rows: ColumnarRows): Promise<Scores> {
  const answer = await askWorker(rows, { kind: "score", version });
  if (answer.kind === "scored") return answer.scores;
  throw unexpected(answer);
}

async function askWorker(rows: ColumnarRows, job: WorkerMessage): Promise<WorkerAnswer> {
  const worker = new Worker(new URL("./training-worker.mjs", import.meta.url));
  try {
    const answer = new Promise<WorkerAnswer>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", (code) => reject(new Error(`The training thread ended with code ${code} and no answer.`)));
    });
    const told = tell(worker, rows, job);
    await Promise.race([told, answer]);
    return await answer;
  } finally {
    await worker.terminate();
  }
}

/** Copying all columns at once would hold the main thread up. */
async function tell(worker: Worker, rows: ColumnarRows, job: WorkerMessage): Promise<void> {
  for (const [name, column] of Object.entries(rows)) {
    worker.postMessage({ kind: "column", name, column } satisfies WorkerMessage);
    await setImmediate();
  }
  worker.postMessage(job);
}

function unexpected(answer: WorkerAnswer): Error {
  return answer.kind === "refused"
    ? new TrainingDataError(answer.message)
    : new Error(`The training thread answered '${answer.kind}'.`);
}
