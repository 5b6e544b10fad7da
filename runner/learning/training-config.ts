import * as z from "zod";

/** What a model learns: a number, one of two classes, or one of several. */
export const tasks = ["regression", "binary", "multiclass"] as const;

export type Task = (typeof tasks)[number];

/** Every algorithm a model may be trained with, and what it can learn; `mean` and `majority` are the baselines. */
export const algorithmTasks = {
  mean: ["regression"],
  majority: ["binary", "multiclass"],
  ridge: ["regression"],
  logistic: ["binary", "multiclass"],
  boosted_trees: ["regression", "binary", "multiclass"],
} as const satisfies Record<string, readonly Task[]>;

export type Algorithm = keyof typeof algorithmTasks;

/** Measured on rows that were held out, save `cv_…`: on the folds. Names as in `model_performance_metrics`. */
export const metricNames = [
  "test_rmse",
  "test_mae",
  "test_r2",
  "cv_rmse",
  "baseline_rmse",
  "baseline_mae",
  "baseline_r2",
  "coverage",
  "test_accuracy",
  "test_f1",
  "log_loss",
  "auc",
  "ece",
  "cv_accuracy",
  "cv_log_loss",
  "baseline_accuracy",
  "baseline_f1",
  "baseline_log_loss",
  "silhouette",
  "shuffled_silhouette",
  "bootstrap_ari",
] as const;

export type MetricName = (typeof metricNames)[number];

const column = z.string().min(1);
const columns = z.array(column);
const algorithm = z.enum(["mean", "majority", "ridge", "logistic", "boosted_trees"] satisfies Algorithm[]);
const bounds = z.strictObject({ min: z.number().optional(), max: z.number().optional() }).readonly();

/** What a challenger must reach; a task has its own least numbers of rows. */
export function gatesSchema(least: { readonly rows: number; readonly newRows: number }) {
  return z
    .strictObject({
      /** Rows below which nothing is learned. */
      min_rows: z.int().min(1).default(least.rows),
      /** Share by which the loss must be lower than the champion's, and than the baseline's. */
      min_gain: z.number().min(0).max(1).default(0.01),
      /** Rows that must have come since the last decision, lest daily looks promote by luck. */
      min_new_rows: z.int().min(0).default(least.newRows),
      metrics: z.partialRecord(z.enum(metricNames), bounds).default({}),
    })
    .readonly();
}

/** How a model is trained, as the front matter of a training set says it. */
export const trainingConfigSchema = z
  .strictObject({
    task: z.enum(tasks),
    label: column,
    /** Names a row; no value comes twice. */
    key: column,
    /** Rows of one group (an artist, a session) never stand on both sides of a split. */
    group: column,
    /** When a row happened; with it the newest rows are the holdout, otherwise a fixed share of the groups. */
    time: column.optional(),
    /** Text features; each becomes the mean label of its value, learned inside the folds. */
    categories: columns.readonly().default([]),
    /** Default: every column that is not named otherwise. */
    features: columns.min(1).readonly().optional(),
    /** In the order of their numbers; default: those that occur, in alphabetical order. */
    classes: columns.min(2).readonly().optional(),
    /** Between these a label must lie, and a prediction is kept. */
    range: z.strictObject({ min: z.number(), max: z.number() }).readonly().optional(),
    /** A feature that a model must beat as a prediction, instead of the mean of the labels. */
    baseline: column.optional(),
    /** Tells where the features of a row come from; counted in the model card. */
    provenance: column.optional(),
    algorithms: z.array(algorithm).min(1).readonly().optional(),
    gates: gatesSchema({ rows: 200, newRows: 100 }).prefault({}),
  })
  .superRefine((config, context) => {
    for (const [path, message] of findMistakes(config)) context.addIssue({ code: "custom", path: [...path], message });
  })
  .readonly();

export type TrainingConfig = z.infer<typeof trainingConfigSchema>;

/** The algorithms that compete; when a model names none, the linear one of its task and boosted trees. */
export function algorithmsOf(config: TrainingConfig): readonly Algorithm[] {
  return config.algorithms ?? [config.task === "regression" ? "ridge" : "logistic", "boosted_trees"];
}

/** A configuration of rows, or every mistake in it as one plain sentence with the name of its field. */
export function parseTrainingConfig(value: unknown): TrainingConfig | { readonly problems: readonly string[] } {
  return parseWith(trainingConfigSchema, value);
}

/** What a schema makes of a value, or every mistake in it as one plain sentence with the name of its field. */
export function parseWith<Config>(
  schema: z.ZodType<Config>,
  value: unknown,
): Config | { readonly problems: readonly string[] } {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : { problems: describeIssues(parsed.error) };
}

/** The mistakes of a parse, a sentence each. */
export function describeIssues({ issues }: z.ZodError): readonly string[] {
  return issues.map(({ path, message }) =>
    path.length === 0 ? message : `'${path.map(String).join(".")}': ${message}`,
  );
}

type Mistake = readonly [path: readonly PropertyKey[], message: string];
type Columns = Pick<
  TrainingConfig,
  | "task"
  | "label"
  | "key"
  | "group"
  | "time"
  | "categories"
  | "features"
  | "classes"
  | "range"
  | "baseline"
  | "algorithms"
>;

function findMistakes(config: Columns): readonly Mistake[] {
  const { task } = config;
  const regressionOnly: readonly Mistake[] = (["range", "baseline"] as const)
    .filter((field) => config[field] !== undefined && task !== "regression")
    .map((field) => [[field], `only a regression has a ${field}`]);
  const unfit: readonly Mistake[] = (config.algorithms ?? []).flatMap((name, index) => {
    const able: readonly Task[] = algorithmTasks[name];
    return able.includes(task)
      ? []
      : [[["algorithms", index], `${name} learns ${able.join(" and ")} tasks, not a ${task} one`]];
  });
  return [
    ...featureMistakes(config, "features"),
    ...featureMistakes(config, "categories"),
    ...regressionOnly,
    ...classMistakes(config),
    ...(config.range !== undefined && config.range.min >= config.range.max
      ? [[["range"], "min must lie below max"] as const]
      : []),
    ...unfit,
  ];
}

/** The target is never among the features, nor what only names or orders rows. */
function featureMistakes(config: Columns, field: "features" | "categories"): readonly Mistake[] {
  const roles = ["label", "key", "group", "time"] as const;
  return (config[field] ?? []).flatMap((name, index) => {
    const role = roles.find((one) => config[one] === name);
    return role === undefined ? [] : [[[field, index], `'${name}' is the ${role} and cannot be a feature`]];
  });
}

function classMistakes({ task, classes }: Columns): readonly Mistake[] {
  if (classes === undefined) return [];
  if (task === "regression") return [[["classes"], "a regression has no classes"]];
  if (new Set(classes).size < classes.length) return [[["classes"], "a class stands in the list twice"]];
  return task === "binary" && classes.length !== 2
    ? [[["classes"], `a binary task has 2 classes, not ${classes.length}`]]
    : [];
}
