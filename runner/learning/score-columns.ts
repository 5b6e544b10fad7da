import type { ModelTask } from "./model-config.ts";

const rowColumns = { is_holdout: "BOOLEAN", model_version: "INTEGER" } as const;
const numberColumns = { prediction: "DOUBLE", lower: "DOUBLE", upper: "DOUBLE" } as const;
const classColumns = { prediction: "VARCHAR", probabilities: "MAP(VARCHAR, DOUBLE)" } as const;

/** Types of the columns that scoring adds, by task. */
export const scoreColumns = {
  regression: { ...numberColumns, ...rowColumns },
  binary: { ...classColumns, ...rowColumns },
  multiclass: { ...classColumns, ...rowColumns },
  forecast: { ...numberColumns, model_version: "INTEGER" },
  clustering: { cluster: "INTEGER", distance: "DOUBLE", model_version: "INTEGER" },
} as const satisfies Record<ModelTask, Readonly<Record<string, string>>>;

/** Adds the columns of predictions to a table, all null. */
export function unscoredStatement(relation: string, task: ModelTask): string {
  const empty = Object.entries(scoreColumns[task]).map(([name, type]) => `null::${type} as ${name}`);
  return `create or replace table ${relation} as select *, ${empty.join(", ")} from ${relation}`;
}
