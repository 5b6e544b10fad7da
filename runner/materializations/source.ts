import type { SourceNode } from "../compile/manifest.ts";
import type { Statement } from "./materialize.ts";

/** A view over exactly the given Parquet batches; typed and empty when there are none. */
export function sourceStatements({ relation, columns }: SourceNode, paths: readonly string[]): readonly Statement[] {
  const files = paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(", ");
  const casts = columns.map(({ name, dataType }) => {
    const type = dataType ?? "VARCHAR";
    return paths.length === 0 ? `cast(null as ${type}) as "${name}"` : `cast("${name}" as ${type}) as "${name}"`;
  });
  const from = paths.length === 0 ? "where false" : `from read_parquet([${files}], union_by_name = true)`;
  return [{ sql: `create or replace view ${relation} as select ${casts.join(", ")} ${from}`, codeOffset: null }];
}
