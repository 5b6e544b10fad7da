import { renderIdentifier } from "../compile/helpers.ts";
import type { ModelNode } from "../compile/manifest.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { compareRelations, type RelationDifference } from "./compare-relations.ts";
import { describeRelation } from "./relation-content.ts";
import { type PartitionContents, readContents } from "./relation-contents.ts";

/** The attached, writable database that relations are rebuilt in. */
export const rebuiltDatabase = "rebuilt";

/** How a rebuilt relation differs from the published one; `before` is what is published, `after` what the rebuild gave. */
export interface Verification {
  readonly difference: RelationDifference;
  /** Partitions that differ, sorted; empty for what is not partitioned. */
  readonly partitions: readonly string[];
}

/**
 * Builds a model whole from the published rows of what it reads, beside the release that the connection stands in, and compares.
 * Of predictions the rows are compared that were scored, not the scores.
 */
export async function verifyNode(
  connection: Connection,
  node: ModelNode,
  { key, sampleRows }: { readonly key: readonly string[]; readonly sampleRows: number },
): Promise<Verification> {
  const name = renderIdentifier(node.name);
  const after = `${rebuiltDatabase}.main.${name}`;
  await connection.run(`create or replace table ${after} as\n${node.compiledCode}`);
  try {
    const before = node.scoredBy === null ? `warehouse.${node.relation}` : await viewOfRows(connection, node);
    const difference = await compareRelations(connection, { before, after, key }, sampleRows);
    return { difference, partitions: await differingPartitions(connection, node) };
  } finally {
    await connection.run(`drop table ${after}`);
  }
}

/** Whether both hold the same columns, whatever their order, and the same rows. */
export function isSame({ difference }: Verification): boolean {
  const { columns, added, removed, changed } = difference;
  return columns.length === 0 && added === 0 && removed === 0 && (changed ?? 0) === 0;
}

async function viewOfRows(connection: Connection, node: ModelNode): Promise<string> {
  const { columns } = await describeRelation(connection, rebuilt(node));
  const names = columns.map((column) => renderIdentifier(column.name)).join(", ");
  await connection.run(`create or replace temp view tonearm_scored as select ${names} from warehouse.${node.relation}`);
  return "temp.tonearm_scored";
}

async function differingPartitions(connection: Connection, node: ModelNode): Promise<readonly string[]> {
  const column = node.partitionBy;
  if (column === null) return [];
  const shape = await describeRelation(connection, rebuilt(node));
  const published = await describeRelation(connection, node);
  const names = new Set(published.columns.map((it) => it.name));
  // Columns that only one of them has are told of by themselves.
  const shared = { ...shape, columns: shape.columns.filter((it) => names.has(it.name)) };
  const hash = async (relation: string): Promise<PartitionContents> =>
    (await readContents(connection, { relation, columns: [column] }, shared))[column] ?? {};
  const before = await hash(`warehouse.${node.relation}`);
  const after = await hash(`${rebuiltDatabase}.main.${renderIdentifier(node.name)}`);
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys
    .filter((partition) => before[partition] !== after[partition])
    .map((partition) => partition.slice(1))
    .toSorted();
}

function rebuilt({ name }: ModelNode): { schema: string; name: string; database: string } {
  return { schema: "main", name, database: rebuiltDatabase };
}
