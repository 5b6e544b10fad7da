import { setTimeout as sleep } from "node:timers/promises";

import type { Connection } from "../warehouse/duckdb.ts";
import { prefetch } from "../prefetch.ts";
import { copyRows } from "./copy-rows.ts";
import { csvBatches } from "./csv-batches.ts";
import { ProjectError } from "../diagnostics.ts";
import { type ExportedTable, exportsShape, type ExportStamp, writeExports } from "./exports-table.ts";
import type { Postgres } from "./postgres-connection.ts";
import {
  analyzeTable,
  copyTable,
  deleteRows,
  dropTable,
  lockTables,
  schemaStatements,
  type TableChanges,
  tableChanges,
} from "./table-changes.ts";
import type { Delivery, TableName, TableShape } from "./target-shape.ts";
import { findTable, type Target } from "./target-tables.ts";

export interface SendOptions {
  readonly isDemo: boolean;
  /** Sends every table, changed or not. */
  readonly force: boolean;
  /** Drops what people built on columns that go. */
  readonly cascade: boolean;
}

export interface SendRequest {
  readonly deliveries: readonly Delivery[];
  readonly target: Target;
  readonly exported: readonly ExportedTable[];
  readonly stamp: ExportStamp;
  readonly options: SendOptions;
}

/** What an export did. */
export interface SendResults {
  readonly sent: readonly { readonly table: string; readonly rows: number }[];
  readonly unchanged: number;
  readonly dropped: readonly string[];
}

interface Task {
  readonly shape: TableShape;
  readonly changes: TableChanges;
  readonly isNew: boolean;
  /** Null where the rows that stand there stay. */
  readonly delivery: Delivery | null;
}

/** How long somebody may keep a table whose columns change, milliseconds. */
const patienceMs = 60_000;

/** Makes the target show the release; all within the transaction that `postgres` stands in. */
export async function sendRelease(
  request: SendRequest,
  ends: { readonly source: Connection; readonly postgres: Postgres },
): Promise<SendResults> {
  const { source, postgres } = ends;
  refuseStrangers(request, postgres);
  await makeSchemas(request, postgres);
  const tasks = planTasks(request);
  const dropped = droppedTables(request);
  await postgres.run(`set local lock_timeout to '${patienceMs}ms'`);
  // What readers must wait for comes last, so that they wait for little else.
  const shared = tasks.filter(({ changes }) => !changes.isExclusive);
  const exclusive = tasks.filter(({ changes }) => changes.isExclusive);
  const sent: { table: string; rows: number }[] = [];
  // DuckDB writes the next rows while Postgres takes these.
  const batches = prefetch(batchesOf([...shared, ...exclusive], source));
  try {
    for (const task of shared) sent.push(...(await runTask(task, { batches, postgres })));
    await lockExclusively([...dropped, ...exclusive.map(({ shape }) => shape)], postgres);
    for (const table of dropped) await runFor(table, [dropTable(table, request.options.cascade)], postgres);
    for (const task of exclusive) sent.push(...(await runTask(task, { batches, postgres })));
  } finally {
    await batches.return(undefined);
  }
  postgres.table = undefined;
  await writeExports(postgres, exportsShape(request.options.isDemo), request);
  return { sent, unchanged: request.deliveries.length - sent.length, dropped: dropped.map(tableText) };
}

function planTasks({ deliveries, target, exported, options }: SendRequest): readonly Task[] {
  const settings = { cascade: options.cascade, hasReader: target.hasReader };
  const bookkeeping = exportsShape(options.isDemo);
  const tasks = deliveries.map((delivery): Task => {
    const { shape, relation } = delivery;
    const table = findTable(target, shape);
    const changes = tableChanges(shape, table, settings);
    const before = exported.find((row) => isSame(row, shape));
    const isSent = options.force || changes.needsRows || before?.contentHash !== relation.contentHash;
    return { shape, changes, isNew: table === undefined, delivery: isSent ? delivery : null };
  });
  const table = findTable(target, bookkeeping);
  const changes = tableChanges(bookkeeping, table, settings);
  return [...tasks, { shape: bookkeeping, changes, isNew: table === undefined, delivery: null }];
}

/** Some rows of the task at work, as CSV. */
interface Batch {
  readonly texts: readonly Buffer[];
  readonly isLast: boolean;
}

/** The rows of all tasks that send some, in their order. */
async function* batchesOf(tasks: readonly Task[], source: Connection): AsyncGenerator<Batch> {
  for (const { delivery } of tasks) {
    if (delivery === null) continue;
    for await (const texts of csvBatches(delivery.relation, source)) yield { texts, isLast: false };
    yield { texts: [], isLast: true };
  }
}

async function* textsOfNextTask(batches: AsyncGenerator<Batch>): AsyncGenerator<Buffer> {
  for (;;) {
    const { done, value } = await batches.next();
    if (done === true) return;
    yield* value.texts;
    if (value.isLast) return;
  }
}

async function runTask(
  { shape, changes, isNew, delivery }: Task,
  { batches, postgres }: { readonly batches: AsyncGenerator<Batch>; readonly postgres: Postgres },
): Promise<readonly { table: string; rows: number }[]> {
  await runFor(shape, changes.before, postgres);
  if (delivery === null) {
    await runFor(shape, changes.after, postgres);
    return [];
  }
  if (!isNew) await runFor(shape, [deleteRows(shape)], postgres);
  const columns = shape.columns.map(({ name }) => name);
  const rows = await copyRows(textsOfNextTask(batches), copyTable(shape, columns), postgres);
  // Of rows that replace others the planner knows enough until autovacuum comes by.
  const isKnown = !changes.needsRows;
  await runFor(shape, [...changes.after, ...(isKnown ? [] : [analyzeTable(shape)])], postgres);
  return [{ table: tableText(shape), rows }];
}

async function runFor(table: TableName, statements: readonly string[], postgres: Postgres): Promise<void> {
  postgres.table = tableText(table);
  for (const statement of statements) await postgres.run(statement);
}

async function makeSchemas({ deliveries, target, options }: SendRequest, postgres: Postgres): Promise<void> {
  const shapes: readonly TableName[] = [...deliveries.map(({ shape }) => shape), exportsShape(options.isDemo)];
  for (const schema of new Set(shapes.map((shape) => shape.schema))) {
    const found = target.schemas.find((row) => row.schema === schema);
    const grant = !target.hasReader || found?.is_granted === true;
    for (const statement of schemaStatements(schema, { schema: found !== undefined, grant }))
      await postgres.run(statement);
  }
}

/** Tables of former exports that the release no longer has and that still stand there. */
function droppedTables({ deliveries, target, exported }: SendRequest): readonly TableName[] {
  return exported.filter(
    (row) => !deliveries.some(({ shape }) => isSame(row, shape)) && findTable(target, row)?.kind === "r",
  );
}

/** A table that no export made is nobody's to empty. */
function refuseStrangers({ deliveries, target, exported, options }: SendRequest, postgres: Postgres): void {
  const strangers = deliveries.flatMap(({ shape }) => {
    const table = findTable(target, shape);
    const isOurs = table?.kind === "r" && exported.some((row) => isSame(row, shape));
    return table === undefined || isOurs ? [] : [tableText(shape)];
  });
  if (strangers.length === 0) return;
  const { schema, name } = exportsShape(options.isDemo);
  const path = `Postgres ${postgres.client.host}:${postgres.client.port}/${postgres.client.database ?? ""}:`;
  const message = `${strangers.join(", ")} stand${strangers.length === 1 ? "s" : ""} there already, and no export made it`;
  const hint = `Rename or drop it, or export into another database. What exports made is listed in ${schema}.${name}.`;
  throw new ProjectError([{ path, message, hint }], 1);
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
  return error instanceof Error && "code" in error && error.code === "55P03";
}

function isSame(left: TableName, right: TableName): boolean {
  return left.schema === right.schema && left.name === right.name;
}

function tableText({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
