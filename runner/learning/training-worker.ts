import { parentPort } from "node:worker_threads";

import { TrainingDataError } from "./algorithms/training-data-error.ts";
import type { Cell, ColumnarRows } from "./columnar-rows.ts";
import type { ModelVersion } from "./model-version.ts";
import { scoreRows, type Scores } from "./score-rows.ts";
import { trainModel } from "./train-model.ts";
import type { TrainingInput, TrainingResult } from "./training.ts";

/** What a worker is told: the columns one after the other, then what to do with them. */
export type WorkerMessage =
  | { readonly kind: "column"; readonly name: string; readonly column: ArrayLike<Cell> }
  | { readonly kind: "train"; readonly input: Omit<TrainingInput, "rows"> }
  | { readonly kind: "score"; readonly version: ModelVersion };

/** What a worker answers; `refused` is the message of a TrainingDataError. */
export type WorkerAnswer =
  | { readonly kind: "trained"; readonly result: TrainingResult }
  | { readonly kind: "scored"; readonly scores: Scores }
  | { readonly kind: "refused"; readonly message: string };

const rows = new Map<string, ArrayLike<Cell>>();

parentPort?.on("message", (message: WorkerMessage) => {
  if (message.kind === "column") rows.set(message.name, message.column);
  else parentPort?.postMessage(answer(message, Object.fromEntries(rows)));
});

function answer(message: Exclude<WorkerMessage, { readonly kind: "column" }>, table: ColumnarRows): WorkerAnswer {
  try {
    return message.kind === "train"
      ? { kind: "trained", result: trainModel({ ...message.input, rows: table }) }
      : { kind: "scored", scores: scoreRows(message.version, table) };
  } catch (error) {
    if (!(error instanceof TrainingDataError)) throw error;
    return { kind: "refused", message: error.message };
  }
}
