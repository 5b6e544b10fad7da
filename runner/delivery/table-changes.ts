import type { TableKey } from "./export-relation.ts";
import { isOurKey, keyName } from "./table-keys.ts";
import type { TableName, TableShape } from "./target-shape.ts";
import { readerRole, type TargetTable } from "./target-tables.ts";

/** A statement as knex takes it raw: each `??` is a name and each `?` a text, in their order. */
export interface Change {
  readonly text: string;
  readonly bindings: readonly string[];
}

/** What turns a table into its shape: what must come before its rows, and what after. */
export interface TableChanges {
  /** Whether nobody may read the table until the commit. */
  readonly isExclusive: boolean;
  /** Whether rows must be sent although they have not changed. */
  readonly needsRows: boolean;
  readonly before: readonly Change[];
  readonly after: readonly Change[];
}

/** Compares a table with its shape; `table` is undefined where there is none yet. */
export function tableChanges(
  shape: TableShape,
  table: TargetTable | undefined,
  { cascade, hasReader }: { readonly cascade: boolean; readonly hasReader: boolean },
): TableChanges {
  const gone = (table?.columns ?? []).filter(({ name, type }) => !hasColumn(shape.columns, name, type));
  const come = shape.columns.filter(({ name, type }) => !hasColumn(table?.columns ?? [], name, type));
  const wanted = new Set(shape.keys.map((key) => keyName(shape, key)));
  const oldKeys = (table?.indexes ?? []).filter((name) => isOurKey(name) && !wanted.has(name));
  const alters = [
    ...oldKeys.flatMap((name) => dropKey(shape, name, table)),
    ...gone.map(({ name }) => sql(`alter table ??.?? drop column ??${cascade ? " cascade" : ""}`, shape, name)),
    ...come.map(({ name, type }) => sql(`alter table ??.?? add column ?? ${type}`, shape, name)),
  ];
  // A dropped column takes its keys along.
  const isKeyGone = (key: TableKey): boolean => key.columns.some((column) => gone.some(({ name }) => name === column));
  const keys = shape.keys.filter((key) => table?.indexes.includes(keyName(shape, key)) !== true || isKeyGone(key));
  return {
    isExclusive: table !== undefined && (alters.length > 0 || keys.some(({ kind }) => kind === "primary")),
    needsRows: table === undefined || gone.length + come.length > 0,
    before: table === undefined ? [createTable(shape)] : alters,
    after: [
      ...keys.map((key) => addKey(shape, key)),
      ...comments(shape, table),
      ...(hasReader && table?.is_granted !== true ? [sql("grant select on ??.?? to ??", shape, readerRole)] : []),
    ],
  };
}

/** Drops a table that the release no longer has. */
export function dropTable(name: TableName, cascade: boolean): Change {
  return sql(`drop table ??.??${cascade ? " cascade" : ""}`, name);
}

/** Statements that make a schema, or let the reader look into it. */
export function schemaStatements(
  schema: string,
  has: { readonly schema: boolean; readonly grant: boolean },
): readonly Change[] {
  return [
    ...(has.schema ? [] : [{ text: "create schema ??", bindings: [schema] }]),
    ...(has.grant ? [] : [{ text: "grant usage on schema ?? to ??", bindings: [schema, readerRole] }]),
  ];
}

function createTable(shape: TableShape): Change {
  const columns = shape.columns.map(({ type }) => `?? ${type}`);
  return sql(`create table ??.?? (${columns.join(", ")})`, shape, ...shape.columns.map(({ name }) => name));
}

function addKey(shape: TableShape, key: TableKey): Change {
  const name = keyName(shape, key);
  const columns = key.columns.map(() => "??").join(", ");
  if (key.kind === "primary") {
    return sql(`alter table ??.?? add constraint ?? primary key (${columns})`, shape, name, ...key.columns);
  }
  const unique = key.kind === "unique" ? "unique " : "";
  const names = [name, shape.schema, shape.name, ...key.columns];
  return { text: `create ${unique}index ?? on ??.?? (${columns})`, bindings: names };
}

function dropKey(shape: TableShape, name: string, table: TargetTable | undefined): readonly Change[] {
  if (!/_pk_[^_]+$/.test(name)) return [sql("drop index ??.??", { schema: shape.schema, name })];
  // What a primary key forbids, it forbids when it is gone.
  const columns = (table?.columns ?? []).map((column) =>
    sql("alter table ??.?? alter column ?? drop not null", shape, column.name),
  );
  return [sql("alter table ??.?? drop constraint ??", shape, name), ...columns];
}

function comments(shape: TableShape, table: TargetTable | undefined): readonly Change[] {
  const own =
    table?.description === shape.description
      ? []
      : [comment("table ??.??", shape.description, [shape.schema, shape.name])];
  const changed = shape.columns.filter(({ name, type, description }) => {
    const before = table?.columns.find((column) => column.name === name && column.type === type);
    return (before?.description ?? "") !== description;
  });
  const columns = changed.map(({ name, description }) =>
    comment("column ??.??.??", description, [shape.schema, shape.name, name]),
  );
  return [...own, ...columns];
}

function comment(what: string, description: string, names: readonly string[]): Change {
  return { text: `comment on ${what} is ?`, bindings: [...names, description] };
}

function sql(text: string, { schema, name }: TableName, ...more: readonly string[]): Change {
  return { text, bindings: [schema, name, ...more] };
}

function hasColumn(columns: TableShape["columns"], name: string, type: string): boolean {
  return columns.some((column) => column.name === name && column.type === type);
}
