import Knex from "knex";

import type { TableChanges } from "./export-tasks.ts";
import type { TableKey } from "./export-relation.ts";
import { isOurKey, keyName } from "./table-keys.ts";
import type { TableName, TableShape } from "./target-shape.ts";
import { readerRole, type TargetTable } from "./target-tables.ts";

// Only the builder: it never connects. Loaded where something is to be changed.
const builder = Knex.knex({ client: "pg" });

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
export function dropTable(name: TableName, cascade: boolean): string {
  return sql(`drop table ??.??${cascade ? " cascade" : ""}`, name);
}

/** Statements that make a schema, or let the reader look into it. */
export function schemaStatements(
  schema: string,
  has: { readonly schema: boolean; readonly grant: boolean },
): readonly string[] {
  return [
    ...(has.schema ? [] : [builder.schema.createSchema(schema).toQuery()]),
    ...(has.grant ? [] : [builder.raw("grant usage on schema ?? to ??", [schema, readerRole]).toQuery()]),
  ];
}

function createTable({ schema, name, columns }: TableShape): string {
  return builder.schema
    .withSchema(schema)
    .createTable(name, (table) => {
      for (const column of columns) table.specificType(column.name, column.type);
    })
    .toQuery();
}

function addKey(shape: TableShape, key: TableKey): string {
  const name = keyName(shape, key);
  const columns = key.columns.map(() => "??").join(", ");
  if (key.kind === "primary") {
    return sql(`alter table ??.?? add constraint ?? primary key (${columns})`, shape, name, ...key.columns);
  }
  const unique = key.kind === "unique" ? "unique " : "";
  const names = [name, shape.schema, shape.name, ...key.columns];
  return builder.raw(`create ${unique}index ?? on ??.?? (${columns})`, names).toQuery();
}

function dropKey(shape: TableShape, name: string, table: TargetTable | undefined): readonly string[] {
  if (!/_pk_[^_]+$/.test(name)) return [builder.raw("drop index ??.??", [shape.schema, name]).toQuery()];
  // What a primary key forbids, it forbids when it is gone.
  const columns = (table?.columns ?? []).map((column) =>
    sql("alter table ??.?? alter column ?? drop not null", shape, column.name),
  );
  return [sql("alter table ??.?? drop constraint ??", shape, name), ...columns];
}

function comments(shape: TableShape, table: TargetTable | undefined): readonly string[] {
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

function comment(what: string, text: string, names: readonly string[]): string {
  return builder.raw(`comment on ${what} is ?`, [...names, text]).toQuery();
}

function sql(text: string, { schema, name }: TableName, ...more: readonly string[]): string {
  return builder.raw(text, [schema, name, ...more]).toQuery();
}

function hasColumn(columns: TableShape["columns"], name: string, type: string): boolean {
  return columns.some((column) => column.name === name && column.type === type);
}
