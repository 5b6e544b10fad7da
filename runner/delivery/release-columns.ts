import * as z from "zod";

import type { Connection } from "../warehouse/duckdb.ts";
import type { ExportColumn, ExportRelation } from "./export-relation.ts";

/** A relation with its columns as the release describes them. */
export type DescribedRelation = Pick<ExportRelation, "relation" | "description" | "columns">;

const columnRow = z.strictObject({
  relation: z.string(),
  description: z.string(),
  column_name: z.string(),
  data_type: z.string(),
  column_description: z.string(),
});
/** What most exports show of a release. */
export const publishedSchemas = ["gold", "meta"];

/** The relations of these schemas in an open release, by name. */
export async function readReleaseColumns(
  connection: Connection,
  schemas: readonly string[] = publishedSchemas,
): Promise<readonly DescribedRelation[]> {
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
  const found = z.array(columnRow).parse(rows);
  return [...new Set(found.map(({ relation }) => relation))].map((relation) => {
    const own = found.filter((row) => row.relation === relation);
    const columns = own.map((row): ExportColumn => ({
      name: row.column_name,
      type: row.data_type,
      description: row.column_description,
    }));
    return { relation, description: own[0]?.description ?? "", columns };
  });
}
