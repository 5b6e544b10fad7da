import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { ExportColumn, ExportRelation } from "./export-relation.ts";

/** A relation with its columns as the release describes them. */
export type DescribedRelation = Pick<ExportRelation, "relation" | "description" | "columns">;

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
  const found = new Map<string, { readonly description: string; readonly columns: ExportColumn[] }>();
  for (const row of rows) {
    const relation = cellText(row["relation"]);
    const described = found.get(relation) ?? { description: cellText(row["description"]), columns: [] };
    found.set(relation, described);
    described.columns.push({
      name: cellText(row["column_name"]),
      type: cellText(row["data_type"]),
      description: cellText(row["column_description"]),
    });
  }
  return [...found].map(([relation, described]) => ({ relation, ...described }));
}
