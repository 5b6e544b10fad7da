import { renderLiteral } from "../compile/helpers.ts";
import type { SourceNode } from "../compile/manifest.ts";
import type { Statement } from "./materialize.ts";

/** A view over exactly the given Parquet batches. */
export function sourceStatements(node: SourceNode, paths: readonly string[]): readonly Statement[] {
  return [{ sql: `create or replace view ${node.relation} as\n${sourceRows(node, paths)}`, codeOffset: null }];
}

/** The rows of the given Parquet batches; typed and empty without any, null in columns that a batch is too old to have. */
export function sourceRows({ columns }: SourceNode, paths: readonly string[]): string {
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  const types = columns.map(({ name, dataType }) => `cast(null as ${dataType ?? "VARCHAR"}) as "${name}"`).join(", ");
  const files = renderLiteral(paths);
  const batches = `union all by name select * from read_parquet([${files}], union_by_name = true)`;
  return `select ${names} from (select ${types} where false ${paths.length === 0 ? "" : batches})`;
}
