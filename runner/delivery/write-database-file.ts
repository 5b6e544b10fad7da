import { rename, rm, stat } from "node:fs/promises";
import { dirname, parse } from "node:path";

import { ProjectError } from "../diagnostics.ts";
import { makeFolder } from "../warehouse/data-folder.ts";
import { sync } from "../warehouse/durable-files.ts";
import type { FileExport } from "./export-files.ts";
import { type ExportRelation, quote, quoteRelation } from "./export-relation.ts";

/** Writes one DuckDB file beside its place and renames it there; gives its path. */
export async function writeDatabaseFile({ source, relations, path }: FileExport): Promise<string> {
  const schemas = [...new Set(relations.map(({ relation }) => relation.split(".")[0] ?? ""))];
  await refusePath(path, schemas);
  await makeFolder(dirname(path));
  const beside = `${path}.${process.pid}.next`;
  await rm(beside, { force: true });
  try {
    await source.run(`attach ${literal(beside)} as exported (recovery_mode no_wal_writes)`);
    for (const schema of schemas) await source.run(`create schema exported.${quote(schema)}`);
    for (const relation of relations) await copyRelation(relation, source);
    await source.run("checkpoint exported");
    await source.run("detach exported");
    await sync(beside);
    await rename(beside, path);
    await sync(dirname(path));
  } finally {
    await rm(beside, { force: true });
  }
  return path;
}

async function copyRelation(
  { relation, description, columns }: ExportRelation,
  source: FileExport["source"],
): Promise<void> {
  const table = `exported.${quoteRelation(relation)}`;
  await source.run(`create table ${table} as select * from ${quoteRelation(relation)}`);
  await source.run(`comment on table ${table} is ${literal(description)}`);
  for (const column of columns) {
    await source.run(`comment on column ${table}.${quote(column.name)} is ${literal(column.description)}`);
  }
}

async function refusePath(path: string, schemas: readonly string[]): Promise<void> {
  const hint = "Name a file, for example listening.duckdb.";
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new ProjectError([{ path, message: "is a folder", hint }]);
  const name = parse(path).name.toLowerCase();
  if (!schemas.includes(name)) return;
  const message = `has the name of the schema ${name} in it, and DuckDB could not tell the two apart`;
  throw new ProjectError([{ path, message, hint }]);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
