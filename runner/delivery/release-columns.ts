import * as z from "zod";

import { jsonText } from "../json-text.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { ExportRelation } from "./export-relation.ts";

const describedRow = z.strictObject({
  relation: z.string(),
  description: z.string(),
  columns: jsonText(z.array(z.strictObject({ name: z.string(), type: z.string(), description: z.string() }))),
});

/** A relation with its columns as the release describes them. */
export type DescribedRelation = Pick<ExportRelation, "relation" | "description" | "columns">;

/** What most exports show of a release. */
export const publishedSchemas = ["gold", "meta"];

/** The relations of these schemas in an open release, by name. */
export async function readReleaseColumns(
  connection: Connection,
  schemas: readonly string[] = publishedSchemas,
): Promise<readonly DescribedRelation[]> {
  // As JSON, a row a relation: DuckDB's driver takes ten times as long for a row a column.
  const rows = await connection.query(`
    select
      columns.schema_name || '.' || columns.table_name as relation,
      coalesce(any_value(tables.comment), '') as description,
      cast(to_json(list(
        {'name': columns.column_name, 'type': columns.data_type, 'description': coalesce(columns.comment, '')}
        order by columns.column_index
      )) as varchar) as columns
    from duckdb_columns() as columns
    left join (
      select schema_name, table_name, comment from duckdb_tables() where database_name = current_database()
      union all
      select schema_name, view_name, comment from duckdb_views() where database_name = current_database()
    ) as tables
      on columns.schema_name = tables.schema_name and columns.table_name = tables.table_name
    where columns.database_name = current_database() and columns.schema_name in (${schemas.map((schema) => `'${schema}'`).join(", ")})
    group by relation
    order by relation`);
  return z.array(describedRow).parse(rows);
}
