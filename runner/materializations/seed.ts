import type { SeedNode } from "../compile/manifest.ts";
import type { Statement } from "./materialize.ts";

/** A table read from the seed's CSV with exactly the declared types; an empty field is null. */
export function seedStatements({ relation, columns }: SeedNode, path: string): readonly Statement[] {
  const types = columns.map(({ name, dataType }) => `'${name}': '${dataType ?? "VARCHAR"}'`).join(", ");
  const sql = `create or replace table ${relation} as
select * from read_csv(
    '${path.replaceAll("'", "''")}',
    header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '',
    columns = {${types}}
)`;
  return [{ sql, codeOffset: null }];
}
