import * as z from "zod";

import type { Postgres } from "./postgres-connection.ts";
import type { TableName } from "./target-shape.ts";

/** The role that dashboards read with; its grants are given where the role is there. */
export const readerRole = "superset_ro";

const tableRow = z.strictObject({
  schema: z.string(),
  name: z.string(),
  kind: z.string(),
  description: z.string(),
  columns: z
    .array(z.strictObject({ name: z.string(), type: z.string(), description: z.string() }).readonly())
    .readonly(),
  indexes: z.array(z.string()).readonly(),
  is_granted: z.boolean(),
});
const schemaRow = z.strictObject({ schema: z.string(), is_granted: z.boolean() });

/** A table, view or the like as it stands in the target. */
export type TargetTable = z.infer<typeof tableRow>;

export interface Target {
  readonly tables: readonly TargetTable[];
  readonly schemas: readonly z.infer<typeof schemaRow>[];
  readonly hasReader: boolean;
}

/** What stands in the schemas of an export, from Postgres' own catalogue. */
export async function readTarget(postgres: Postgres, schemas: readonly string[]): Promise<Target> {
  const readers = await postgres.rows(z.strictObject({}), "select from pg_roles where rolname = $1", [readerRole]);
  return {
    hasReader: readers.length > 0,
    schemas: await postgres.rows(
      schemaRow,
      `select nspname as schema,
        coalesce((select has_schema_privilege(oid, pg_namespace.oid, 'usage') from pg_roles where rolname = $2), true) as is_granted
      from pg_namespace where nspname = any($1)`,
      [schemas, readerRole],
    ),
    tables: await postgres.rows(
      tableRow,
      `select
        nspname as schema,
        relname as name,
        relkind::text as kind,
        coalesce(obj_description(pg_class.oid, 'pg_class'), '') as description,
        coalesce((
          select json_agg(json_build_object(
            'name', attname,
            'type', format_type(atttypid, atttypmod),
            'description', coalesce(col_description(attrelid, attnum), '')
          ) order by attnum)
          from pg_attribute where attrelid = pg_class.oid and attnum > 0 and not attisdropped
        ), '[]') as columns,
        coalesce((
          select json_agg(indexes.relname order by indexes.relname)
          from pg_index inner join pg_class as indexes on indexes.oid = indexrelid
          where indrelid = pg_class.oid
        ), '[]') as indexes,
        coalesce((select has_table_privilege(oid, pg_class.oid, 'select') from pg_roles where rolname = $2), true) as is_granted
      from pg_class inner join pg_namespace on pg_namespace.oid = relnamespace
      where nspname = any($1) and relkind in ('r', 'p', 'v', 'm', 'f')`,
      [schemas, readerRole],
    ),
  };
}

/** The table of that name, if there is one. */
export function findTable(target: Target, { schema, name }: TableName): TargetTable | undefined {
  return target.tables.find((table) => table.schema === schema && table.name === name);
}
