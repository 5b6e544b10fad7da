import type { ModelNode } from "../compile/manifest.ts";
import { changedPartitionsTable, renderIdentifier, renderLiteral } from "../compile/helpers.ts";
import { incomingTable, partitionCheck, uniqueKeyCheck } from "./merge-incoming.ts";
import type { Statement } from "./materialize.ts";
import { tableStatements } from "./table.ts";

/** Partitions that are built anew, as texts, and the type of their column. */
export interface ChangedPartitions {
  readonly type: string;
  readonly values: readonly string[];
}

/** The incoming rows beside the existing table, to be merged into it; or the whole table on the first build and with --full-refresh. */
export function incrementalStatements(node: ModelNode, incremental: boolean): readonly Statement[] {
  if (!incremental || node.incrementalCode === null) {
    return [...tableStatements(node), ...plain(uniqueKeyCheck(node, node.relation))];
  }
  return [incoming(node.incrementalCode)];
}

/** The rows of the changed partitions beside the existing table; the whole table, partition by partition, without any to go by. */
export function partitionedStatements(node: ModelNode, changed: ChangedPartitions | null): readonly Statement[] {
  if (changed === null || node.incrementalCode === null) {
    const checks = [...uniqueKeyCheck(node, node.relation), ...partitionCheck(node, { whole: true })];
    // Together they are found, replaced and compressed in less time than scattered among the others.
    return [...tableStatements(node, renderIdentifier(node.partitionBy ?? "")), ...plain(checks)];
  }
  const name = changedPartitionsTable.replace("temp.", "");
  const values = changed.values.map((value) => `(${renderLiteral(value)})`).join(", ");
  const partitions = `create or replace temp table ${name} as
select cast(changed_partition as ${changed.type}) as changed_partition from (values ${values}) as changed (changed_partition)`;
  return [...plain([partitions]), incoming(node.incrementalCode)];
}

function incoming(code: string): Statement {
  const head = `create or replace temp table ${incomingTable.replace("temp.", "")} as\n`;
  return { sql: head + code, codeOffset: head.length };
}

function plain(sqls: readonly string[]): readonly Statement[] {
  return sqls.map((sql) => ({ sql, codeOffset: null }));
}
