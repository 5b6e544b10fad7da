import { findObstacles, indexClasses } from "./algorithms/training-set.ts";
import { type FeatureTable, featureTable } from "./algorithms/feature-table.ts";
import { TrainingDataError } from "./algorithms/training-data-error.ts";
import {
  type Cell,
  type ColumnarRows,
  columnOf,
  countRows,
  namesOf,
  numbersOf,
  rowsText,
  textsOf,
  timesOf,
} from "./columnar-rows.ts";
import type { TrainingConfig } from "./training-config.ts";

/** A training set that was checked; a category stands in its feature as the index of its text, null as NaN. */
export interface TrainingRows {
  readonly features: FeatureTable;
  /** Category feature → its texts in alphabetical order. */
  readonly categories: Readonly<Record<string, readonly string[]>>;
  /** Numbers, or the index of the class. */
  readonly labels: Float64Array;
  /** Empty for a regression. */
  readonly classes: readonly string[];
  readonly groups: readonly string[];
  /** Milliseconds since 1970; null when the model knows no time. */
  readonly times: Float64Array | null;
  /** Rows by where their features come from. */
  readonly provenance: Readonly<Record<string, number>>;
}

/** Where features may not come from: the terms of Spotify's API forbid training on its content. */
const forbiddenProvenance = "api";

/** The rows a model learns from, or every reason why nothing can be learned from them. */
export function prepareTrainingRows(
  config: TrainingConfig,
  rows: ColumnarRows,
): TrainingRows | { readonly problems: readonly string[]; readonly isTooEarly: boolean } {
  if (countRows(rows) === 0) return refusedFor(["The training query returned no rows."]);
  const problems: string[] = [];
  const attempt = <T>(read: () => T): T | undefined => attempted(read, problems);
  attempt(() => checkKey(namesOf(columnOf(rows, config.key, "the key"), config.key, "the key"), config.key));
  const groups = attempt(() => namesOf(columnOf(rows, config.group, "the group"), config.group, "the group"));
  const { time } = config;
  const times = time === undefined ? null : attempt(() => timesOf(columnOf(rows, time, "the time"), time));
  const label = attempt(() => labelsOf(config, columnOf(rows, config.label, "the label")));
  const provenance = attempt(() => countProvenance(config, rows));
  const names = featureColumns(config, rows);
  if (names.length === 0) problems.push("The training query has no column left to learn from.");
  const columns = names.flatMap((name) => attempt(() => readFeature(config, rows, name)) ?? []);
  if (
    groups === undefined ||
    times === undefined ||
    label === undefined ||
    provenance === undefined ||
    problems.length > 0
  )
    return refusedFor(problems);
  const prepared = { ...tableOf(columns), ...label, groups, times, provenance };
  const obstacles = findObstacles(setOf(prepared), config.gates.min_rows);
  const isTooEarly = prepared.labels.length < config.gates.min_rows;
  return obstacles.length > 0 ? { problems: obstacles, isTooEarly } : prepared;
}

function refusedFor(problems: readonly string[]): { problems: readonly string[]; isTooEarly: boolean } {
  return { problems, isTooEarly: false };
}

/** The columns a model learns from, categories last. */
export function featureColumns(config: TrainingConfig, rows: ColumnarRows): readonly string[] {
  const { label, key, group, time, provenance, baseline, categories } = config;
  const taken = new Set([label, key, group, time, provenance, ...categories]);
  const plain = config.features ?? Object.keys(rows).filter((name) => !taken.has(name));
  const numbers = [...plain, ...(baseline === undefined ? [] : [baseline])];
  return [...new Set([...numbers.filter((name) => !categories.includes(name)), ...categories])];
}

/** A column as the numbers of a feature; `texts` says what the numbers of a category mean, unknown texts are −1. */
export function codeCategories(column: ArrayLike<Cell>, texts: readonly string[]): Float64Array {
  const codes = new Map(texts.map((text, code) => [text, code]));
  return Float64Array.from(textsOf(column), (text) => (text === null ? Number.NaN : (codes.get(text) ?? -1)));
}

interface Feature {
  readonly name: string;
  readonly values: Float64Array;
  readonly texts: readonly string[] | null;
}

function readFeature(config: TrainingConfig, rows: ColumnarRows, name: string): Feature {
  const column = columnOf(rows, name, "the feature");
  if (!config.categories.includes(name)) return { name, values: numbersOf(column, name), texts: null };
  const present = textsOf(column).filter((text) => text !== null);
  const texts = [...new Set(present)].toSorted();
  return { name, values: codeCategories(column, texts), texts };
}

function labelsOf(config: TrainingConfig, column: ArrayLike<Cell>): Pick<TrainingRows, "labels" | "classes"> {
  const texts = namesOf(column, config.label, "the label");
  if (config.task !== "regression") {
    const classes = config.classes ?? [...new Set(texts)].toSorted();
    if (config.task === "binary" && classes.length > 2)
      throw new TrainingDataError(`The label '${config.label}' has ${classes.length} classes; a binary task has 2.`);
    return { labels: Float64Array.from(indexClasses(texts, classes)), classes };
  }
  const labels = Float64Array.from(Array.from(column), (cell) =>
    typeof cell === "string" ? Number.NaN : Number(cell),
  );
  const { min, max } = config.range ?? { min: -Infinity, max: Infinity };
  const outside = labels.findIndex((label) => !(label >= min && label <= max) || !Number.isFinite(label));
  if (outside !== -1) {
    const domain = config.range === undefined ? "a finite number" : `a number from ${min} to ${max}`;
    throw new TrainingDataError(
      `The label '${config.label}' of row ${outside + 1} is ${texts[outside]}, not ${domain}.`,
    );
  }
  return { labels, classes: [] };
}

/** Refuses names of rows that repeat. */
export function checkKey(keys: readonly string[], name: string): void {
  const repeated = keys.length - new Set(keys).size;
  if (repeated > 0) {
    throw new TrainingDataError(
      `The key '${name}' repeats in ${rowsText(repeated)}; a row that comes twice would stand on both sides of a split.`,
    );
  }
}

/** Rows by where their features come from; refuses those of Spotify's API. */
export function countProvenance(
  config: { readonly provenance?: string | undefined },
  rows: ColumnarRows,
): Readonly<Record<string, number>> {
  if (config.provenance === undefined) return {};
  const counts = new Map<string, number>();
  for (const text of textsOf(columnOf(rows, config.provenance, "the provenance"))) {
    counts.set(text ?? "unknown", (counts.get(text ?? "unknown") ?? 0) + 1);
  }
  const forbidden = counts.get(forbiddenProvenance) ?? 0;
  if (forbidden > 0) {
    throw new TrainingDataError(
      `The features of ${rowsText(forbidden)} come from Spotify's API, whose terms forbid training on them: leave these rows out.`,
    );
  }
  return Object.fromEntries([...counts].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** The rows as the algorithms know them. */
function setOf({ features, labels, classes }: TrainingRows): Parameters<typeof findObstacles>[0] {
  return classes.length === 0 ? { features, labels } : { features, labels: Int32Array.from(labels), classes };
}

function tableOf(columns: readonly Feature[]): Pick<TrainingRows, "features" | "categories"> {
  const categories = columns.flatMap(({ name, texts }) => (texts === null ? [] : [[name, texts] as const]));
  return {
    features: featureTable(Object.fromEntries(columns.map(({ name, values }) => [name, values]))),
    categories: Object.fromEntries(categories),
  };
}

function attempted<T>(read: () => T, problems: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TrainingDataError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
