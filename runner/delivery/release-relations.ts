import { createHash } from "node:crypto";

import { z } from "zod";

import type { Connection } from "../warehouse/duckdb.ts";
import { type ExportColumn, type ExportRelation, quote, quoteRelation, type TableKey } from "./export-relation.ts";
import type { KeyTest } from "./key-tests.ts";
import { relationKeys } from "./relation-keys.ts";

const columnRow = z.strictObject({
  relation: z.string(),
  description: z.string(),
  column_name: z.string(),
  data_type: z.string(),
  column_description: z.string(),
});
const knownRow = z.strictObject({ relation: z.string(), row_count: z.number(), content_hash: z.string() });
const hashRow = z.tuple([
  z.strictObject({ rows: z.number(), total: z.string().nullable(), mixed: z.string().nullable() }),
]);

/** What most exports show of a release. */
const published = ["gold", "meta"];

/** The relations of these schemas as an open release has them, by name. */
export async function readReleaseRelations(
  connection: Connection,
  keyTests: readonly KeyTest[],
  schemas: readonly string[] = published,
): Promise<readonly ExportRelation[]> {
  const rows = await readColumns(connection, schemas);
  const known = await readKnown(connection, rows);
  const relations: ExportRelation[] = [];
  for (const relation of new Set(rows.map((row) => row.relation))) {
    const own = rows.filter((row) => row.relation === relation);
    const columns = own.map((row): ExportColumn => ({
      name: row.column_name,
      type: row.data_type,
      description: row.column_description,
    }));
    const content = known.get(relation) ?? (await hashRows(connection, relation, columns));
    const keys = await heldKeys(connection, { relation, columns, keys: relationKeys(keyTests, relation) });
    relations.push({ relation, description: own[0]?.description ?? "", columns, ...content, keys });
  }
  return relations;
}

async function readColumns(
  connection: Connection,
  schemas: readonly string[],
): Promise<readonly z.infer<typeof columnRow>[]> {
  const rows = await connection.query(`
    select
      columns.schema_name || '.' || columns.table_name as relation,
      coalesce(tables.comment, '') as description,
      columns.column_name,
      columns.data_type,
      coalesce(columns.comment, '') as column_description
    from duckdb_columns() as columns
    left join (
      select schema_name, table_name, comment from duckdb_tables() where database_name = current_database()
      union all
      select schema_name, view_name, comment from duckdb_views() where database_name = current_database()
    ) as tables
      on columns.schema_name = tables.schema_name and columns.table_name = tables.table_name
    where columns.database_name = current_database() and columns.schema_name in (${schemas.map((schema) => `'${schema}'`).join(", ")})
    order by relation, columns.column_index`);
  return z.array(columnRow).parse(rows);
}

/** Rows and content hashes that the build wrote down; of meta itself it wrote none. */
async function readKnown(
  connection: Connection,
  columns: readonly z.infer<typeof columnRow>[],
): Promise<ReadonlyMap<string, Pick<ExportRelation, "rows" | "contentHash">>> {
  if (!columns.some(({ relation }) => relation === "meta.relations")) return new Map();
  const rows = await connection.query(
    "select relation, row_count, content_hash from meta.relations where row_count is not null",
  );
  const known = z.array(knownRow).parse(rows);
  return new Map(known.map((row) => [row.relation, { rows: row.row_count, contentHash: row.content_hash }]));
}

async function hashRows(
  connection: Connection,
  relation: string,
  columns: readonly ExportColumn[],
): Promise<Pick<ExportRelation, "rows" | "contentHash">> {
  const [row] = hashRow.parse(
    await connection.query(
      `select count(*) as rows, cast(sum(row_hash) as varchar) as total, cast(bit_xor(row_hash) as varchar) as mixed
      from (select hash(${columns.map(({ name }) => quote(name)).join(", ")}) as row_hash from ${quoteRelation(relation)})`,
    ),
  );
  const shape = columns.map(({ name, type }) => [name, type]);
  const contentHash = createHash("sha256")
    .update(JSON.stringify([shape, row]))
    .digest("hex");
  return { rows: row.rows, contentHash };
}

/** The keys as the rows keep them: they may have nulls, and a test may be younger than the release. */
async function heldKeys(
  connection: Connection,
  { relation, columns, keys }: Pick<ExportRelation, "relation" | "columns" | "keys">,
): Promise<readonly TableKey[]> {
  const held: TableKey[] = [];
  for (const key of keys) {
    if (!key.columns.every((name) => columns.some((column) => column.name === name))) continue;
    held.push({ ...key, kind: await heldKind(connection, relation, key) });
  }
  return held;
}

async function heldKind(
  connection: Connection,
  relation: string,
  { kind, columns }: TableKey,
): Promise<TableKey["kind"]> {
  if (kind === "index") return kind;
  const from = quoteRelation(relation);
  const isNull = columns.map((name) => `${quote(name)} is null`).join(" or ");
  const names = columns.map(quote).join(", ");
  const twice = `select 1 from ${from} where not (${isNull}) group by ${names} having count(*) > 1`;
  const isBroken = async (sql: string): Promise<boolean> => (await connection.query(`${sql} limit 1`)).length > 0;
  if (await isBroken(twice)) return "index";
  return kind === "primary" && (await isBroken(`select 1 from ${from} where ${isNull}`)) ? "unique" : kind;
}
