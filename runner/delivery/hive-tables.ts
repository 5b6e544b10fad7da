import { type ExportRelation, quote } from "./export-relation.ts";
import { hiveType } from "./hive-types.ts";

const head = `-- Registers every relation of this export with Trino, as external tables of a Hive catalog whose local.location is the folder in
-- which \`current\` lies. Run it once, and again when columns changed: trino --catalog hive --file current/trino.sql
-- The files are read where they are: a new release shows as soon as \`current\` points to it.`;

/** The statements that register the relations of an export as Hive tables, for a catalog that Trino has as the session's. */
export function renderHiveTables(relations: readonly ExportRelation[]): string {
  const schemas = [...new Set(relations.map(({ relation }) => schemaOf(relation)))];
  const statements = [
    ...schemas.map((schema) => `create schema if not exists ${quote(schema)};`),
    ...relations.map(renderTable),
  ];
  return `${head}\n\n${statements.join("\n\n")}\n`;
}

/** The folder of a relation below that of its release. */
export function relationFolder(relation: string): string {
  return `${schemaOf(relation)}/${nameOf(relation)}`;
}

function renderTable({ relation, description, columns }: ExportRelation): string {
  const table = `${quote(schemaOf(relation))}.${quote(nameOf(relation))}`;
  const lines = columns.map(
    ({ name, type, description: about }) => `    ${quote(name)} ${hiveType(type).trino}${comment(about)}`,
  );
  return `drop table if exists ${table};
create table ${table} (
${lines.join(",\n")}
)${comment(description)}
with (external_location = 'local:///current/${relationFolder(relation)}', format = 'PARQUET');`;
}

function comment(text: string): string {
  return text === "" ? "" : ` comment '${text.replaceAll(/\s+/g, " ").replaceAll("'", "''")}'`;
}

function schemaOf(relation: string): string {
  return relation.slice(0, relation.indexOf("."));
}

function nameOf(relation: string): string {
  return relation.slice(relation.indexOf(".") + 1);
}
