import { changedPartitionsTable, renderIdentifier, renderLiteral } from "../compile/helpers.ts";
import type { ModelNode } from "../compile/manifest.ts";
import type { IncrementalStrategy } from "../project/project.ts";
import { changeSchema, type RelationColumns, type SchemaProblem } from "./change-schema.ts";

/** Where the rows of an incremental build stand before they are merged into the table. */
export const incomingTable = "temp.tonearm_incoming";

type Merge = (node: ModelNode, columns: readonly string[]) => readonly string[];

const strategies = {
  append: insertAll,
  "delete+insert": (node, columns) => [
    `delete from ${node.relation} where exists (
    select 1 from ${incomingTable} where ${sameKey(node)}
)`,
    ...insertAll(node, columns),
  ],
  merge: (node, columns) => {
    const isKey = (name: string): boolean =>
      node.uniqueKey.some((key) => key.toLowerCase() === name.slice(1, -1).toLowerCase());
    const updated = columns.filter((name) => !isKey(name)).map((name) => `${name} = tonearm_incoming.${name}`);
    const update = updated.length === 0 ? "" : `\nwhen matched then update set ${updated.join(", ")}`;
    const values = columns.map((name) => `tonearm_incoming.${name}`).join(", ");
    return [
      `merge into ${node.relation} using ${incomingTable} on (${sameKey(node)})${update}
when not matched then insert (${columns.join(", ")}) values (${values})`,
    ];
  },
} satisfies Record<IncrementalStrategy, Merge>;

/** The statements that bring the incoming rows into the table, or why the columns of both do not fit. */
export function mergeIncoming(
  node: ModelNode,
  columns: RelationColumns,
): { readonly statements: readonly string[] } | SchemaProblem {
  const schema = changeSchema(node, columns);
  if ("problem" in schema) return schema;
  const names = schema.columns.map(renderIdentifier);
  const merge = node.materialized === "partitioned" ? replacePartitions : strategies[node.incrementalStrategy];
  const checks = [...uniqueKeyCheck(node, incomingTable), ...partitionCheck(node, { whole: false })];
  return { statements: [...checks, ...schema.statements, ...merge(node, names), `drop table ${incomingTable}`] };
}

/** Fails the build when two incoming rows share a unique_key: which of them to keep is the model's to say. */
export function uniqueKeyCheck({ uniqueKey }: ModelNode, relation: string): readonly string[] {
  if (uniqueKey.length === 0) return [];
  const keys = uniqueKey.map(renderIdentifier).join(", ");
  const message = `'unique_key (${uniqueKey.join(", ")}): ' || repeated || if(repeated = 1, ' key stands', ' keys stand') || ' in more than one incoming row'`;
  return [
    `select error(${message}) from (
    select count(*) as repeated from (select ${keys} from ${relation} group by ${keys} having count(*) > 1)
) where repeated > 0`,
  ];
}

/** Fails the build on rows without a partition and, of an incremental build, on rows of partitions that are not built anew. */
export function partitionCheck(
  { relation, partitionBy }: ModelNode,
  { whole }: { readonly whole: boolean },
): readonly string[] {
  if (partitionBy === null) return [];
  const column = renderIdentifier(partitionBy);
  const nulls = `select error(${renderLiteral(`partition_by ${partitionBy}: `)} || nulls || if(nulls = 1, ' row has', ' rows have') || ' no value there; give them one, or leave them out') from (
    select count(*) as nulls from ${whole ? relation : incomingTable} where ${column} is null
) where nulls > 0`;
  if (whole) return [nulls];
  const hint = "a partition may only be made of the same partition of what is filtered by {{changed_partitions}}";
  const others = `select error('rows of partitions that are not built anew (' || others || '): ' || ${renderLiteral(hint)}) from (
    select array_to_string(list_sort(list(distinct cast(${column} as varchar)))[:5], ', ') as others
    from ${incomingTable} where ${column} not in (select changed_partition from ${changedPartitionsTable})
) where others != ''`;
  return [nulls, others];
}

function replacePartitions(node: ModelNode, columns: readonly string[]): readonly string[] {
  const column = renderIdentifier(node.partitionBy ?? "");
  const remove = `delete from ${node.relation} where ${column} in (select changed_partition from ${changedPartitionsTable})`;
  return [remove, ...insertAll(node, columns).map((insert) => `${insert} order by ${column}`)];
}

function insertAll({ relation }: ModelNode, columns: readonly string[]): readonly string[] {
  const names = columns.join(", ");
  return [`insert into ${relation} (${names}) select ${names} from ${incomingTable}`];
}

function sameKey({ relation, uniqueKey }: ModelNode): string {
  return uniqueKey
    .map(renderIdentifier)
    .map((key) => `${incomingTable}.${key} is not distinct from ${relation}.${key}`)
    .join(" and ");
}
