import { ProjectError } from "../diagnostics.ts";
import { type ExportedTable, exportsShape, type ExportStamp } from "./exports-table.ts";
import type { TableKey } from "./export-relation.ts";
import type { FormerRelease } from "./former-releases.ts";
import type { Postgres } from "./postgres-connection.ts";
import { type TableChanges, tableChanges } from "./table-changes.ts";
import { keyName } from "./table-keys.ts";
import type { Delivery, TableName, TableShape } from "./target-shape.ts";
import { findTable, type Target, type TargetTable } from "./target-tables.ts";

export interface SendOptions {
  readonly isDemo: boolean;
  /** Sends every row of every table, changed or not. */
  readonly force: boolean;
  /** Drops what people built on columns that go. */
  readonly cascade: boolean;
}

export interface SendRequest {
  readonly deliveries: readonly Delivery[];
  readonly target: Target;
  readonly exported: readonly ExportedTable[];
  /** By the id of the run that made them. */
  readonly formerReleases: ReadonlyMap<string, FormerRelease>;
  readonly stamp: ExportStamp;
  readonly options: SendOptions;
}

/** What is to be done to one table of the target. */
export interface Task {
  readonly shape: TableShape;
  readonly changes: TableChanges;
  readonly isNew: boolean;
  /** Null where the rows that stand there stay. */
  readonly delivery: Delivery | null;
  /** The release in DuckDB whose rows stand there, and the key that tells them apart; null where they all have to be replaced. */
  readonly former: FormerRows | null;
}

export interface FormerRows {
  readonly database: string;
  readonly key: TableKey;
}

/** Of fewer rows all are sent: that is done before it is known which of them differ. */
const fewRows = 1000;

/** The tasks of all deliveries in their order, and of `meta.exports` itself. */
export function planTasks(request: SendRequest): readonly Task[] {
  const { deliveries, target, exported, options } = request;
  const settings = { cascade: options.cascade, hasReader: target.hasReader };
  const bookkeeping = exportsShape(options.isDemo);
  const tasks = deliveries.map((delivery): Task => {
    const { shape, relation } = delivery;
    const table = findTable(target, shape);
    const changes = tableChanges(shape, table, settings);
    const before = exported.find((row) => isSame(row, shape));
    const isSent = options.force || changes.needsRows || before?.contentHash !== relation.contentHash;
    const former = options.force || changes.needsRows ? null : formerRows(delivery, { before, table, request });
    return { shape, changes, isNew: table === undefined, delivery: isSent ? delivery : null, former };
  });
  const table = findTable(target, bookkeeping);
  const changes = tableChanges(bookkeeping, table, settings);
  return [...tasks, { shape: bookkeeping, changes, isNew: table === undefined, delivery: null, former: null }];
}

function formerRows(
  { relation, shape }: Delivery,
  {
    before,
    table,
    request,
  }: {
    readonly before: ExportedTable | undefined;
    readonly table: TargetTable | undefined;
    readonly request: SendRequest;
  },
): FormerRows | null {
  const release = request.formerReleases.get(before?.rowsRunId ?? "");
  const key = shape.keys.find(({ kind }) => kind === "primary");
  if (release === undefined || key === undefined || relation.rows < fewRows) return null;
  const isKept = release.contentHashes.get(relation.relation) === before?.contentHash;
  const hasKey = table?.indexes.includes(keyName(shape, key)) === true;
  return isKept && hasKey ? { database: release.database, key } : null;
}

/** Tables of former exports that the release no longer has and that still stand there. */
export function droppedTables({ deliveries, target, exported }: SendRequest): readonly TableName[] {
  return exported.filter(
    (row) => !deliveries.some(({ shape }) => isSame(row, shape)) && findTable(target, row)?.kind === "r",
  );
}

/** A table that no export made is nobody's to empty. */
export function refuseStrangers({ deliveries, target, exported, options }: SendRequest, postgres: Postgres): void {
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

/** Whether two names are of one table. */
export function isSame(left: TableName, right: TableName): boolean {
  return left.schema === right.schema && left.name === right.name;
}

/** The name as messages have it. */
export function tableText({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
