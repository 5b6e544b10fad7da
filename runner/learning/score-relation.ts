import { rm } from "node:fs/promises";
import { join } from "node:path";

import { renderLiteral } from "../compile/helpers.ts";
import { makeFolder } from "../warehouse/data-folder.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { TrainingDataError } from "./algorithms/training-data-error.ts";
import type { LearningThread } from "./learning-thread.ts";
import type { ModelTask } from "./model-config.ts";
import type { ModelVersion } from "./model-version.ts";
import { scoreColumns, unscoredStatement } from "./score-columns.ts";

/** A relation whose rows are to be scored, and by what. */
export interface ScoringRequest {
  /** As SQL writes it. */
  readonly relation: string;
  readonly task: ModelTask;
  /** Null where no version has been promoted yet: the columns are there, and empty. */
  readonly champion: ModelVersion | null;
  /** Private folder for what goes from here to the database. */
  readonly workspace: string;
  /** Scores, so that the thread of the build goes on. */
  readonly thread: LearningThread;
}

/**
 * Adds the champion's predictions to a table's rows; gives the reason as a plain sentence when it cannot. Rows go to the
 * thread and scores come back by files that the database writes and reads, so that no other thread handles a row.
 */
export async function scoreRelation(connection: Connection, request: ScoringRequest): Promise<string | null> {
  const { relation, task, champion, workspace } = request;
  const [first] = champion === null ? [] : await connection.query(`select 1 from ${relation} limit 1`);
  if (champion === null || first === undefined) {
    await connection.run(unscoredStatement(relation, task));
    return null;
  }
  const path = join(workspace, `scores-${relation}.json`);
  const rowsPath = join(workspace, `rows-${relation}.parquet`);
  await makeFolder(workspace);
  try {
    await connection.run(
      `copy (select * from ${relation} order by rowid) to ${renderLiteral(rowsPath)} (format parquet)`,
    );
    const rows = { path: null, relation: `read_parquet(${renderLiteral(rowsPath)})`, orderBy: null };
    await request.thread.score({ version: champion, task, rows, path });
    await addScores(connection, request, path);
    return null;
  } catch (error) {
    if (error instanceof TrainingDataError) return error.message;
    throw error;
  } finally {
    await Promise.all([path, rowsPath].map((file) => rm(file, { force: true })));
  }
}

async function addScores(connection: Connection, { relation, task }: ScoringRequest, path: string): Promise<void> {
  const columns = Object.entries({ row_place: "BIGINT", ...scoreColumns[task] });
  const types = columns.map(([name, type]) => `'${name}': '${type}'`);
  await connection.run(`
    create or replace temp table scores as
    select * from read_json(${renderLiteral(path)}, format = 'array', columns = {${types.join(", ")}})`);
  await connection.run(`
    create or replace table ${relation} as
    select scored.* exclude (row_place), scores.* exclude (row_place)
    from (select *, row_number() over (order by rowid) - 1 as row_place from ${relation}) as scored
    inner join scores on scored.row_place = scores.row_place
    order by scored.row_place`);
  await connection.run("drop table scores");
}
