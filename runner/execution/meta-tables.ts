import { join } from "node:path";

import { ProjectError } from "../diagnostics.ts";
import type { Manifest } from "../compile/manifest.ts";
import { renderLiteral } from "../compile/helpers.ts";
import { type MetaTable, relationsTable, runsTable, stageRunsTable, testResultsTable } from "../compile/meta-tables.ts";
import type { BuildState } from "../graph/build-state.ts";
import { kindOf } from "../materializations/materialize.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { newRunId, readJournal } from "./journal.ts";
import type { JournalEntry } from "./journal-events.ts";
import { describeRelation } from "./relation-content.ts";
import { isAliveHere, listRunIds } from "./read-history.ts";
import { lastAttempts, readRun, type Run, settleRun } from "./run-history.ts";

interface MetaSource {
  readonly manifest: Manifest;
  readonly state: BuildState;
  readonly runsFolder: string;
  readonly now: Date;
  /** Rows of runs that began longer ago go. */
  readonly keepDays: number;
}

const growing = [runsTable, stageRunsTable, testResultsTable];

/** Writes the tables of `meta` into the build; older runs stay as the last release has them. Gives what is wrong with journals that cannot be read. */
export async function writeMetaTables(connection: Connection, from: MetaSource): Promise<readonly string[]> {
  const warnings: string[] = [];
  await connection.run("begin");
  await replace(connection, relationsTable, relationRows(from.manifest, from.state));
  const since = await prepareGrowing(connection, from);
  for (const runId of await listRunIds(from.runsFolder, since)) {
    if (runId <= since) continue;
    try {
      const entries = await readJournal(join(from.runsFolder, `${runId}.jsonl`));
      await insertRun(connection, runId, entries);
    } catch (error) {
      if (!(error instanceof ProjectError)) throw error;
      warnings.push(error.message);
    }
  }
  await connection.run("commit");
  return warnings;
}

async function insertRun(connection: Connection, runId: string, entries: readonly JournalEntry[]): Promise<void> {
  const found = readRun(runId, entries);
  if (found === null) return;
  const run = settleRun(found, isAliveHere);
  await insert(connection, runsTable, [runRow(run)]);
  await insert(connection, stageRunsTable, stageRows(run));
  await insert(connection, testResultsTable, testRows(runId, entries));
}

/** Makes what is missing of the tables that grow, and removes later runs and old ones; gives the run after which journals are to be read. */
async function prepareGrowing(connection: Connection, { now, keepDays }: MetaSource): Promise<string> {
  // Those of another version have other columns: then all is read again that journals still tell.
  const isSame = await Promise.all(growing.map((table) => hasColumns(connection, table)));
  for (const table of growing) {
    if (isSame.includes(false)) await connection.run(`drop table if exists meta.${table.name}`);
    await connection.run(`create table if not exists meta.${table.name} (${columnList(table)})`);
    await describe(connection, table);
  }
  await connection.run("drop table if exists meta.tests");
  // A run that had not ended when its row was written is read again.
  const [row] = await connection.query(
    "select coalesce(max(run_id), '') as since from meta.runs where run_id < coalesce((select min(run_id) from meta.runs where status is null), 'Z')",
  );
  const since = typeof row?.["since"] === "string" ? row["since"] : "";
  const oldest = newRunId(new Date(now.getTime() - keepDays * 24 * 3_600_000), 0);
  for (const { name } of growing) {
    const isWanted = `run_id <= ${renderLiteral(since)} and run_id >= ${renderLiteral(oldest)}`;
    await connection.run(`delete from meta.${name} where not (${isWanted})`);
  }
  return since > oldest ? since : oldest;
}

async function hasColumns(connection: Connection, { name, columns }: MetaTable): Promise<boolean> {
  const existing = await describeRelation(connection, { schema: "meta", name }, "table");
  return existing.columns.map((column) => column.name).join() === columns.map(([column]) => column).join();
}

async function replace(connection: Connection, table: MetaTable, rows: readonly (readonly unknown[])[]): Promise<void> {
  await connection.run(`create or replace table meta.${table.name} (${columnList(table)})`);
  await describe(connection, table);
  await insert(connection, table, rows);
}

async function insert(connection: Connection, table: MetaTable, rows: readonly (readonly unknown[])[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row) => `(${row.map(renderLiteral).join(", ")})`).join(",\n");
  await connection.run(`insert into meta.${table.name} values ${values}`);
}

async function describe(connection: Connection, { name, description, columns }: MetaTable): Promise<void> {
  const comments = columns.map(
    ([column, , text]) => `comment on column meta.${name}.${column} is ${renderLiteral(text)}`,
  );
  await connection.run([`comment on table meta.${name} is ${renderLiteral(description)}`, ...comments].join(";\n"));
}

function columnList({ columns }: MetaTable): string {
  return columns.map(([name, type]) => `${name} ${type}`).join(", ");
}

function relationRows(manifest: Manifest, state: BuildState): readonly (readonly unknown[])[] {
  return manifest.order.flatMap((uniqueId) => {
    const node = manifest.nodes[uniqueId];
    const known = state.nodes[uniqueId];
    if (node === undefined || known === undefined) return [];
    const { rows, builtBy, builtAt, contentHash, held } = known;
    const built = [builtBy, naive(builtAt), contentHash];
    return [[node.relation, kindOf(node), rows, ...built, naive(held?.since ?? null), held?.reason ?? null]];
  });
}

function runRow(run: Run): readonly unknown[] {
  const { runId, parent, command, trigger, startedAt, finishedAt, status, release, nodes } = run;
  const error = lastAttempts(run).find((stage) => stage.error !== null)?.error ?? null;
  const ended = [naive(startedAt), naive(finishedAt), status === "running" ? null : status];
  const counts = [nodes.built, nodes.failed, nodes.skipped];
  return [runId, parent?.runId ?? null, command, trigger, ...ended, error?.message ?? null, release, ...counts];
}

function stageRows({ runId, trigger, stages }: Run): readonly (readonly unknown[])[] {
  return stages.map(({ stage, attempt, status, startedAt, finishedAt, rows, error, skipped, nextAttemptAt }) => {
    const times = [naive(startedAt), naive(finishedAt)];
    const why = error?.message ?? skipped?.message ?? null;
    return [runId, trigger, stage, attempt, status, ...times, rows, error?.kind ?? null, why, naive(nextAttemptAt)];
  });
}

function testRows(runId: string, entries: readonly JournalEntry[]): readonly (readonly unknown[])[] {
  return entries.flatMap((entry) => {
    if (entry.event !== "test_finished") return [];
    const { test, node, status, failures, severity, at } = entry;
    return [[runId, test, node, status, failures, severity, naive(at)]];
  });
}

/** ISO time without its Z: the columns are naive UTC. */
function naive(time: string | null): string | null {
  return time === null ? null : time.replace("T", " ").replace(/Z$/, "");
}
