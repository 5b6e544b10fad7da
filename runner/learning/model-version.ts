import * as z from "zod";

import { referenceDistributionSchema } from "./algorithms/population-stability.ts";
import { decisionSchema } from "./decision.ts";
import { fittedModelSchema } from "./fitted-model.ts";
import { type RowSplit, splitSchema } from "./split-rows.ts";
import { type Task, tasks } from "./training-config.ts";
import { modelTasks } from "./model-config.ts";

const count = z.int().nonnegative();
const milliseconds = z.number();
const figure = z.number().nullable();

const driftSchema = z.strictObject({
  feature: z.string(),
  index: z.number(),
  drift: z.enum(["none", "moderate", "significant"]),
});

/** How far the distribution of a feature lies from that of a version's training. */
export type FeatureDrift = Readonly<z.infer<typeof driftSchema>>;

/** Without a holdout of rows: origins from which days were forecast, from the first unknown day to the last; or resamples of all rows. */
const wholeSplitSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("origins"), horizon: count, cut: milliseconds, end: milliseconds }),
  z.strictObject({ kind: z.literal("resamples"), seed: z.string() }),
]);

/** Everything about a trained model but the model itself: what its card tells and what scoring must know. */
export const versionRecordSchema = z.strictObject({
  format: z.literal(1),
  model: z.string(),
  task: z.enum(modelTasks),
  algorithm: z.string(),
  isBaseline: z.boolean(),
  trainedAt: z.iso.datetime(),
  seed: z.string(),
  origin: z.strictObject({ runId: z.string(), dataHash: z.string(), codeVersion: z.string() }).readonly(),
  columns: z
    .strictObject({ label: z.string(), key: z.string(), group: z.string(), time: z.string().nullable() })
    .readonly(),
  features: z.array(z.string()).readonly(),
  /** Category feature → the texts its model knows, in the order of their numbers. */
  categories: z.record(z.string(), z.array(z.string()).readonly()).readonly(),
  classes: z.array(z.string()).readonly(),
  range: z.strictObject({ min: z.number(), max: z.number() }).readonly().nullable(),
  /** The configuration as it was; not checked again, so that old versions stay readable. */
  config: z.record(z.string(), z.unknown()).readonly(),
  rows: z.strictObject({ total: count, training: count, holdout: count }).readonly(),
  window: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }).readonly().nullable(),
  split: z.union([splitSchema, wholeSplitSchema]),
  metrics: z.record(z.string(), figure).readonly(),
  confusion: z.array(z.array(count).readonly()).readonly(),
  calibration: z
    .array(z.strictObject({ rows: count, meanProbability: z.number(), shareRight: z.number() }).readonly())
    .readonly(),
  /** Half of an 80 % interval, in the unit of the label; null for classes. */
  halfWidth: figure,
  references: z.record(z.string(), referenceDistributionSchema).readonly(),
  /** Against the training of the champion of that time. */
  drift: z.array(driftSchema.readonly()).readonly(),
  /** Rise of the loss on held-out rows when a feature is shuffled, greatest first. */
  importance: z
    .array(z.strictObject({ feature: z.string(), meanLoss: z.number(), deviation: z.number() }).readonly())
    .readonly(),
  provenance: z.record(z.string(), count).readonly(),
  decision: decisionSchema.readonly(),
  limits: z.array(z.string()).readonly(),
  artefact: z.strictObject({ sha256: z.string(), bytes: count }).readonly(),
});

export type VersionRecord = Readonly<z.infer<typeof versionRecordSchema>>;

/** A record of a model that tells the label of a row. */
export type RowRecord = VersionRecord & { readonly task: Task; readonly split: RowSplit };

/** Whether a model tells the label of a row, other than one of days or of clusters. */
export function isRowRecord(record: VersionRecord): record is RowRecord {
  return tasks.some((task) => task === record.task);
}

/** The fitted models of a version. */
export const artefactSchema = z.strictObject({
  format: z.literal(1),
  /** Hashes of the groups that were trained on. */
  trainedGroups: z.array(count).readonly(),
  /** Learned without the holdout, which it was judged on. */
  judged: fittedModelSchema,
  /** Learned from all rows; predicts for rows that no training saw. */
  serving: fittedModelSchema,
  /** Each learned without the rows of its fold and the holdout. */
  folds: z.array(fittedModelSchema).readonly(),
});

export type Artefact = Readonly<z.infer<typeof artefactSchema>>;

/** A trained model before it has a number; `artefact` is the JSON text of an `Artefact`. */
export interface TrainedModel {
  readonly record: VersionRecord;
  readonly artefact: string;
}

/** A model of the registry, ready to score. */
export interface ModelVersion extends TrainedModel {
  readonly version: number;
}
