import { writeFile } from "node:fs/promises";
import { parentPort } from "node:worker_threads";

import { withDuckDB } from "../warehouse/duckdb.ts";
import { TrainingDataError } from "./algorithms/training-data-error.ts";
import type { Cell, ColumnarRows } from "./columnar-rows.ts";
import type { ModelVersion } from "./model-version.ts";
import { readColumns } from "./read-columns.ts";
import type { ModelTask } from "./model-config.ts";
import { scoreVersion } from "./score-version.ts";
import { trainModel } from "./train-model.ts";
import type { TrainingInput, TrainingResult } from "./training.ts";

/** Rows that a worker reads itself. */
export interface StoredRows {
  /** Of the database's file; null where the relation names a file of its own. */
  readonly path: string | null;
  /** As SQL writes it. */
  readonly relation: string;
  /** A column; null where the rows lie in the order that is wanted. */
  readonly orderBy: string | null;
}

/** What a worker is to do with the columns it was told before. */
export type WorkerJob =
  | { readonly kind: "train"; readonly input: Omit<TrainingInput, "rows">; readonly stored: StoredRows | null }
  | {
      readonly kind: "score";
      readonly version: ModelVersion;
      readonly task: ModelTask;
      readonly stored: StoredRows | null;
      readonly path: string;
    };

/** What a worker is told: columns one after the other, then a job. */
export type WorkerMessage =
  | { readonly kind: "column"; readonly name: string; readonly column: ArrayLike<Cell> }
  | WorkerJob;

/** What a worker answers; `refused` is the message of a TrainingDataError. */
export type WorkerAnswer =
  | { readonly kind: "trained"; readonly result: TrainingResult }
  | { readonly kind: "scored" }
  | { readonly kind: "refused"; readonly message: string };

const told = new Map<string, ArrayLike<Cell>>();

parentPort?.on("message", (message: WorkerMessage) => {
  if (message.kind === "column") {
    told.set(message.name, message.column);
    return;
  }
  const rows = Object.fromEntries(told);
  told.clear();
  void answer(message, rows).then((done) => parentPort?.postMessage(done));
});

async function answer(job: WorkerJob, rows: ColumnarRows): Promise<WorkerAnswer> {
  try {
    const table = job.stored === null ? rows : await readStored(job.stored);
    if (job.kind === "train") {
      return { kind: "trained", result: trainModel({ ...job.input, rows: table }) };
    }
    const scores = scoreVersion(job.version, job.task, table);
    await writeFile(job.path, JSON.stringify(scores), { mode: 0o600 });
    return { kind: "scored" };
  } catch (error) {
    if (!(error instanceof TrainingDataError)) throw error;
    return { kind: "refused", message: error.message };
  }
}

async function readStored({ path, relation, orderBy }: StoredRows): Promise<ColumnarRows> {
  const order = orderBy === null ? "" : ` order by "${orderBy.replaceAll('"', '""')}"`;
  const settings = path === null ? { threads: 1 } : { path, readOnly: true, threads: 1 };
  return withDuckDB(settings, async (database) =>
    readColumns(await database.connect(), `select * from ${relation}${order}`),
  );
}
