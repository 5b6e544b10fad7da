import type { IncrementalStrategy } from "../project/project.ts";
import type { ModelNode } from "../compile/manifest.ts";
import type { Statement } from "./materialize.ts";
import { tableStatements } from "./table.ts";

const incoming = "temp.tonearm_incoming";

const strategies = {
  append: () => [],
  "delete+insert": ({ relation, uniqueKey }) => [
    `delete from ${relation} where exists (
    select 1 from ${incoming} where ${uniqueKey.map((key) => `${incoming}."${key}" is not distinct from ${relation}."${key}"`).join(" and ")}
)`,
  ],
} satisfies Record<IncrementalStrategy, (node: ModelNode) => readonly string[]>;

/** Rows added to the existing table, or the whole table on the first build and with --full-refresh. */
export function incrementalStatements(node: ModelNode, incremental: boolean): readonly Statement[] {
  if (!incremental || node.incrementalCode === null) {
    return [...tableStatements(node), ...plain(uniqueKeyCheck(node, node.relation))];
  }
  const head = `create or replace temp table tonearm_incoming as\n`;
  return [
    { sql: head + node.incrementalCode, codeOffset: head.length },
    ...plain(schemaCheck(node)),
    ...plain(uniqueKeyCheck(node, incoming)),
    ...plain(strategies[node.incrementalStrategy](node)),
    ...plain([`insert into ${node.relation} by name select * from ${incoming}`, `drop table ${incoming}`]),
  ];
}

/** Fails the build when two incoming rows share a unique_key: which of them to keep is the model's to say. */
function uniqueKeyCheck({ uniqueKey }: ModelNode, relation: string): readonly string[] {
  if (uniqueKey.length === 0) return [];
  const keys = uniqueKey.map((key) => `"${key}"`).join(", ");
  const message = `'unique_key (${uniqueKey.join(", ")}): ' || repeated || if(repeated = 1, ' key stands', ' keys stand') || ' in more than one incoming row'`;
  return [
    `select error(${message}) from (
    select count(*) as repeated from (select ${keys} from ${relation} group by ${keys} having count(*) > 1)
) where repeated > 0`,
  ];
}

/** Fails the build when the model's columns are no longer those of the table. */
function schemaCheck({ schema, name }: ModelNode): readonly string[] {
  const columns = (database: string, where: string): string =>
    `select column_name || ' ' || data_type as definition from duckdb_columns() where database_name = ${database} and ${where}`;
  const now = columns("'temp'", "table_name = 'tonearm_incoming'");
  const before = columns("current_database()", `schema_name = '${schema}' and table_name = '${name}'`);
  const message = `'columns changed (' || difference || '); rebuild with: build-models -- --select ${name} --full-refresh'`;
  return [
    `select error(${message}) from (
    select string_agg(change, ', ' order by change) as difference from (
        select '+ ' || definition as change from (${now} except ${before})
        union all
        select '- ' || definition as change from (${before} except ${now})
    )
) where difference is not null`,
  ];
}

function plain(sqls: readonly string[]): readonly Statement[] {
  return sqls.map((sql) => ({ sql, codeOffset: null }));
}
