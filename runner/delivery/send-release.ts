import { setTimeout as sleep } from "node:timers/promises";

import * as z from "zod";

import type { Connection } from "../warehouse/duckdb.ts";
import { copyRows } from "./copy-rows.ts";
import {
  droppedTables,
  isSame,
  planTasks,
  refuseStrangers,
  type SendRequest,
  tableText,
  type Task,
} from "./export-tasks.ts";
import { exportsShape, writeExports } from "./exports-table.ts";
import type { Postgres } from "./postgres-connection.ts";
import { analyzeTable, copyTable, countTables, deleteKeys, deleteRows, lockTables } from "./row-statements.ts";
import { type Change, dropTable, schemaStatements } from "./table-changes.ts";
import { batchesAhead, isSmallTask, type TableBatch } from "./table-batches.ts";
import type { TableName } from "./target-shape.ts";
import { UnexpectedRows } from "./unexpected-rows.ts";

/** What an export did. */
export interface SendResults {
  /** Tables whose rows were replaced, and how many rows were sent for it. */
  readonly sent: readonly { readonly table: string; readonly rows: number }[];
  readonly unchanged: number;
  readonly dropped: readonly string[];
}

const tableCount = z.strictObject({ name: z.string(), rows: z.coerce.number() });
/** How long somebody may keep a table whose columns change, milliseconds. */
const patienceMs = 60_000;

/** Makes the target show the release that the source reads; all within the transaction that `postgres` stands in. */
export async function sendRelease(
  request: SendRequest,
  { source, postgres }: { readonly source: Connection; readonly postgres: Postgres },
): Promise<SendResults> {
  refuseStrangers(request, postgres);
  await makeSchemas(request, postgres);
  const tasks = inOrder(planTasks(request));
  const dropped = droppedTables(request);
  await postgres.run(`set local lock_timeout to '${patienceMs}ms'`);
  // What readers must wait for comes last, so that they wait for little else.
  const shared = tasks.filter(({ changes }) => !changes.isExclusive);
  const exclusive = tasks.filter(({ changes }) => changes.isExclusive);
  const sent: { table: string; rows: number }[] = [];
  const { batches, stop } = batchesAhead([...shared, ...exclusive], source);
  try {
    // While DuckDB makes the first batches.
    const rowsBefore = await countRows(tasks, postgres);
    const emptied = new Set(shared.filter((task) => isSmallTask(task) && task.changes.before.length === 0));
    for (const { shape } of emptied) await emptyTable(shape, postgres);
    const ends = { batches, postgres, rowsBefore, emptied };
    for (const task of shared) sent.push(...(await runTask(task, ends)));
    await lockExclusively([...dropped, ...exclusive.map(({ shape }) => shape)], postgres);
    for (const table of dropped) await runFor(table, [dropTable(table, request.options.cascade)], postgres);
    for (const task of exclusive) sent.push(...(await runTask(task, ends)));
  } catch (error) {
    if (!isAgainstKey(error) || request.options.force) throw error;
    throw new UnexpectedRows(`${postgres.table ?? "A table"} has a key that its rows do not keep.`, { cause: error });
  } finally {
    await stop();
  }
  postgres.table = undefined;
  const kept = tasks.filter(({ delivery }) => delivery === null).map(({ shape }) => shape);
  await writeExports(postgres, exportsShape(request.options.isDemo), {
    ...request,
    rowsRunIdOf: ({ shape }) =>
      kept.some((table) => isSame(table, shape))
        ? (request.exported.find((row) => isSame(row, shape))?.rowsRunId ?? "")
        : request.stamp.runId,
  });
  return { sent, unchanged: request.deliveries.length - sent.length, dropped: dropped.map(tableText) };
}

/** Small tables first, which are made at once: so Postgres has something to do while the largest are compared, which come next. */
function inOrder(tasks: readonly Task[]): readonly Task[] {
  const rowsOf = ({ delivery }: Task): number => delivery?.relation.rows ?? 0;
  const large = tasks.filter((task) => !isSmallTask(task));
  return [...tasks.filter(isSmallTask), ...large.toSorted((left, right) => rowsOf(right) - rowsOf(left))];
}

/** How many rows each table has of which some may stay, by its name. */
async function countRows(tasks: readonly Task[], postgres: Postgres): Promise<ReadonlyMap<string, number>> {
  const tables = tasks.flatMap(({ shape, delivery, former }) => (delivery === null || former === null ? [] : [shape]));
  if (tables.length === 0) return new Map();
  postgres.table = undefined;
  const counts = await postgres.rows(tableCount, countTables(tables), [tables.map(tableText)]);
  return new Map(counts.map(({ name, rows }) => [name, rows]));
}

/** The two ends of the work on one table. */
interface Ends {
  readonly batches: AsyncGenerator<TableBatch>;
  readonly postgres: Postgres;
  /** Of tables of which some rows may stay. */
  readonly rowsBefore: ReadonlyMap<string, number>;
  /** Whose rows are gone already. */
  readonly emptied: ReadonlySet<Task>;
}

async function runTask(task: Task, ends: Ends): Promise<readonly { table: string; rows: number }[]> {
  const { shape, changes, delivery } = task;
  const { postgres } = ends;
  await runFor(shape, changes.before, postgres);
  if (delivery === null) {
    await runFor(shape, changes.after, postgres);
    return [];
  }
  const rows = await replaceRows(task, ends);
  // Of rows that replace others the planner knows enough until autovacuum comes by.
  const isKnown = !changes.needsRows;
  await runFor(shape, changes.after, postgres);
  if (!isKnown) await postgres.run(analyzeTable(shape));
  return [{ table: tableText(shape), rows }];
}

/** Gives how many rows were sent. */
async function replaceRows(task: Task, ends: Ends): Promise<number> {
  const { shape, isNew, former, delivery } = task;
  const { batches, postgres, rowsBefore, emptied } = ends;
  postgres.table = tableText(shape);
  let isPart = true;
  let kept = rowsBefore.get(tableText(shape)) ?? 0;
  let batch = await nextOf(batches);
  for (; batch.kind === "gone"; batch = await nextOf(batches)) {
    if (batch.keys === "all") {
      isPart = false;
      if (!isNew && !emptied.has(task)) await emptyTable(shape, postgres);
    } else if (former !== null) kept -= await postgres.run(deleteKeys(shape, former.key), batch.keys);
  }
  const columns = shape.columns.map(({ name }) => name);
  const rows = await copyRows(textsFrom(batch, batches), copyTable(shape, columns), postgres);
  if (!isPart || kept + rows === delivery?.relation.rows) return rows;
  throw new UnexpectedRows(`${tableText(shape)} holds other rows than the last export left there.`);
}

async function nextOf(batches: AsyncGenerator<TableBatch>): Promise<TableBatch> {
  const { done, value } = await batches.next();
  if (done === true) throw new Error("The rows of a table end before their last batch.");
  return value;
}

async function* textsFrom(first: TableBatch, batches: AsyncGenerator<TableBatch>): AsyncGenerator<Buffer> {
  for (let batch = first; batch.kind === "come"; batch = await nextOf(batches)) {
    yield* batch.texts;
    if (batch.isLast) return;
  }
}

async function emptyTable(table: TableName, postgres: Postgres): Promise<void> {
  postgres.table = tableText(table);
  await postgres.run(deleteRows(table));
}

async function runFor(table: TableName, changes: readonly Change[], postgres: Postgres): Promise<void> {
  postgres.table = tableText(table);
  await runAll(changes, postgres);
}

async function runAll(changes: readonly Change[], postgres: Postgres): Promise<void> {
  if (changes.length === 0) return;
  const { renderChange } = await import("./render-change.ts");
  for (const change of changes) await postgres.run(renderChange(change));
}

async function makeSchemas({ deliveries, target, options }: SendRequest, postgres: Postgres): Promise<void> {
  const shapes: readonly TableName[] = [...deliveries.map(({ shape }) => shape), exportsShape(options.isDemo)];
  for (const schema of new Set(shapes.map((shape) => shape.schema))) {
    const found = target.schemas.find((row) => row.schema === schema);
    const grant = !target.hasReader || found?.is_granted === true;
    await runAll(schemaStatements(schema, { schema: found !== undefined, grant }), postgres);
  }
}

/** Takes all locks at once or none, again and again, so that readers never queue behind a lock that waits. */
async function lockExclusively(tables: readonly TableName[], postgres: Postgres): Promise<void> {
  if (tables.length === 0) return;
  postgres.table = tables.map(tableText).join(", ");
  await postgres.run("set local lock_timeout to '40ms'");
  for (let waited = 0; ; waited += 240) {
    await postgres.run("savepoint before_locks");
    const error = await postgres.run(lockTables(tables)).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error === null) break;
    if (!isLockTimeout(error) || waited > patienceMs) throw error;
    await postgres.run("rollback to savepoint before_locks");
    await sleep(200);
  }
  await postgres.run(`set local lock_timeout to '${patienceMs}ms'`);
}

function isLockTimeout(error: unknown): boolean {
  return codeOf(error) === "55P03";
}

/** A key that is there twice, or that is null. */
function isAgainstKey(error: unknown): boolean {
  return codeOf(error) === "23505" || codeOf(error) === "23502";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
