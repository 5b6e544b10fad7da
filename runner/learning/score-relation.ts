import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { makeFolder } from "../warehouse/data-folder.ts";
import type { Cell as DatabaseCell, Connection, Row } from "../warehouse/duckdb.ts";
import { TrainingDataError } from "./algorithms/training-data-error.ts";
import type { Cell, ColumnarRows } from "./columnar-rows.ts";
import type { ModelTask } from "./model-config.ts";
import type { ModelVersion } from "./model-version.ts";
import { scoreClusters } from "./score-clusters.ts";
import { scoreForecast } from "./score-forecast.ts";
import { type Scores, scoreRows } from "./score-rows.ts";

/** A relation whose rows are to be scored, and by what. */
export interface ScoringRequest {
  /** As SQL writes it. */
  readonly relation: string;
  readonly task: ModelTask;
  /** Null where no version has been promoted yet: the columns are there, and empty. */
  readonly champion: ModelVersion | null;
  /** Private folder for what goes from here to the database. */
  readonly workspace: string;
}

const rowColumns = { is_holdout: "BOOLEAN", model_version: "INTEGER" } as const;
const numberColumns = { prediction: "DOUBLE", lower: "DOUBLE", upper: "DOUBLE" } as const;
const classColumns = { prediction: "VARCHAR", probabilities: "MAP(VARCHAR, DOUBLE)" } as const;

/** Types of the columns that scoring adds, by task. */
const scoreColumns = {
  regression: { ...numberColumns, ...rowColumns },
  binary: { ...classColumns, ...rowColumns },
  multiclass: { ...classColumns, ...rowColumns },
  forecast: { ...numberColumns, model_version: "INTEGER" },
  clustering: { cluster: "INTEGER", distance: "DOUBLE", model_version: "INTEGER" },
} as const satisfies Record<ModelTask, Readonly<Record<string, string>>>;

/** Adds the champion's predictions to a table's rows; gives the reason as a plain sentence when it cannot. */
export async function scoreRelation(connection: Connection, request: ScoringRequest): Promise<string | null> {
  const { relation, task, champion, workspace } = request;
  const columns = scoreColumns[task];
  const rows = champion === null ? [] : await connection.query(`select * from ${relation} order by rowid`);
  if (champion === null || rows.length === 0) {
    await connection.run(unscoredStatement(relation, task));
    return null;
  }
  const scored = score(champion, task, rows);
  if (typeof scored === "string") return scored;
  const path = join(workspace, `scores-${relation}.json`);
  await makeFolder(workspace);
  await writeFile(path, JSON.stringify(scored), { mode: 0o600 });
  const types = Object.entries({ row_place: "BIGINT", ...columns }).map(([name, type]) => `'${name}': '${type}'`);
  await connection.run(`
    create or replace temp table scores as
    select * from read_json('${path.replaceAll("'", "''")}', format = 'array', columns = {${types.join(", ")}})`);
  await connection.run(`
    create or replace table ${relation} as
    select scored.* exclude (row_place), scores.* exclude (row_place)
    from (select *, row_number() over (order by rowid) - 1 as row_place from ${relation}) as scored
    inner join scores on scored.row_place = scores.row_place
    order by scored.row_place`);
  await connection.run("drop table scores");
  await rm(path);
  return null;
}

/** Adds the columns of predictions to a table, all null. */
export function unscoredStatement(relation: string, task: ModelTask): string {
  const empty = Object.entries(scoreColumns[task]).map(([name, type]) => `null::${type} as ${name}`);
  return `create or replace table ${relation} as select *, ${empty.join(", ")} from ${relation}`;
}

function score(champion: ModelVersion, task: ModelTask, rows: readonly Row[]): readonly object[] | string {
  const { model, task: learned } = champion.record;
  if (learned !== task)
    return `Version ${champion.version} of ${model} learned a ${learned}, not a ${task}: train it again.`;
  try {
    const scores = scorers[task](champion, toColumns(rows));
    return scores.map((one, row) => ({ row_place: row, ...one, model_version: champion.version }));
  } catch (error) {
    if (error instanceof TrainingDataError) return error.message;
    throw error;
  }
}

type Scorer = (champion: ModelVersion, rows: ColumnarRows) => readonly object[];

const scorers = {
  regression: scoreSingleRows,
  binary: scoreSingleRows,
  multiclass: scoreSingleRows,
  forecast: scoreForecast,
  clustering: scoreClusters,
} as const satisfies Record<ModelTask, Scorer>;

function scoreSingleRows(champion: ModelVersion, rows: ColumnarRows): readonly object[] {
  const scores = scoreRows(champion, withKey(champion, rows));
  return scores.keys.map((_, row) => scoreOf(scores, row));
}

/** What a training set names its rows by need not be what the rows to score are named by. */
function withKey(champion: ModelVersion, rows: ColumnarRows): ColumnarRows {
  const { key } = champion.record.columns;
  const [first] = Object.values(rows);
  return key in rows || first === undefined ? rows : { ...rows, [key]: Array.from(first, (_, row) => String(row)) };
}

function scoreOf(scores: Scores, row: number): object {
  const shared = { is_holdout: scores.isHoldout[row] ?? null };
  if (scores.task === "regression") {
    const { predictions, lower, upper } = scores;
    return { prediction: predictions[row] ?? null, lower: lower[row] ?? null, upper: upper[row] ?? null, ...shared };
  }
  const probabilities = scores.classes.map((name, index) => [name, scores.probabilities[index]?.[row] ?? null]);
  return { prediction: scores.predicted[row] ?? null, probabilities: Object.fromEntries(probabilities), ...shared };
}

/** Rows of the database by column; moments become ISO text. */
export function toColumns(rows: readonly Row[]): ColumnarRows {
  const names = Object.keys(rows[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => toPlain(row[name] ?? null))]));
}

function toPlain(cell: DatabaseCell): Cell {
  if (cell instanceof Date) return cell.toISOString();
  if (cell === null || typeof cell !== "object") return cell;
  return JSON.stringify(cell);
}
