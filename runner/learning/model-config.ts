import * as z from "zod";

import { type ClusteringConfig, clusteringConfigSchema } from "./clustering-config.ts";
import { type ForecastConfig, forecastConfigSchema } from "./forecast-config.ts";
import { describeIssues, parseWith, tasks, type TrainingConfig, trainingConfigSchema } from "./training-config.ts";

/** Everything a model may learn: to tell the label of a row, how a series of days goes on, or what rows belong together. */
export const modelTasks = [...tasks, "forecast", "clustering"] as const;

export type ModelTask = (typeof modelTasks)[number];

/** How a model is trained, as the front matter of a training set says it. */
export type ModelConfig = TrainingConfig | ForecastConfig | ClusteringConfig;

const schemas: Readonly<Record<ModelTask, z.ZodType<ModelConfig>>> = {
  regression: trainingConfigSchema,
  binary: trainingConfigSchema,
  multiclass: trainingConfigSchema,
  forecast: forecastConfigSchema,
  clustering: clusteringConfigSchema,
};

const taskSchema = z.object({ task: z.enum(modelTasks) });

/** A configuration, or every mistake in it as one plain sentence with the name of its field. */
export function parseModelConfig(value: unknown): ModelConfig | { readonly problems: readonly string[] } {
  const named = taskSchema.safeParse(value);
  return named.success ? parseWith(schemas[named.data.task], value) : { problems: describeIssues(named.error) };
}
