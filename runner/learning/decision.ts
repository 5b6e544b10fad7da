import * as z from "zod";

const count = z.int().nonnegative();
const milliseconds = z.number();
const figure = z.number().nullable();

/** Two models on the same rows, which neither had seen. */
export const comparisonSchema = z.strictObject({
  against: z.enum(["baseline", "champion"]),
  /** Version of the champion; null for the baseline. */
  version: z.int().positive().nullable(),
  loss: z.enum(["rmse", "log_loss", "mae", "separation"]),
  rows: count,
  challenger: z.number(),
  other: z.number(),
  /** Share by which the challenger's loss is lower. */
  gain: z.number(),
  /** 95 % interval of the difference of the losses, bootstrapped over days or groups; above 0 the challenger is better. */
  lower: figure,
  upper: figure,
  /** The losses week by week, `from` the Monday in UTC; empty where rows have no time. */
  weeks: z
    .array(z.strictObject({ from: z.iso.date(), rows: count, challenger: figure, other: figure }).readonly())
    .readonly(),
});

export type Comparison = Readonly<z.infer<typeof comparisonSchema>>;

/** What a training decided, and on what. */
export const decisionSchema = z.strictObject({
  at: z.iso.datetime(),
  /** Who is to serve from now on. */
  serves: z.enum(["challenger", "champion", "baseline"]),
  reason: z.string(),
  /** The champion at that time. */
  champion: z.int().positive().nullable(),
  /** Rows that there were to learn from. */
  rows: count,
  /** Newest of them, milliseconds since 1970; null when the model knows no time. */
  newest: milliseconds.nullable(),
  settingsHash: z.string(),
  /** Of the front matter alone. */
  configHash: z.string().default(""),
  dataHash: z.string(),
  comparisons: z.array(comparisonSchema).readonly(),
});

export type Decision = Readonly<z.infer<typeof decisionSchema>>;
