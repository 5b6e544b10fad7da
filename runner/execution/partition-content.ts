import { changedPartitionsTable, renderIdentifier } from "../compile/helpers.ts";
import type { ModelNode } from "../compile/manifest.ts";
import type { NodeState, PartitionState } from "../graph/build-state.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { BuiltRows } from "./build-rows.ts";
import {
  combinePartitions,
  type PartitionContents,
  readPartitionContents,
  type RelationShape,
} from "./relation-content.ts";

/** What the state says of a partitioned model that was built: only the partitions that were built anew are read. */
export async function partitionedContent(
  connection: Connection,
  node: ModelNode,
  from: { readonly shape: RelationShape; readonly rows: BuiltRows; readonly before: NodeState | null },
): Promise<{ rows: number; contentHash: string; partitions: PartitionState | undefined }> {
  const contents = await readContents(connection, node, from);
  const { partitions } = from.rows;
  return {
    ...combinePartitions(contents, from.shape),
    partitions: partitions === undefined ? undefined : { ...partitions, contents },
  };
}

async function readContents(
  connection: Connection,
  node: ModelNode,
  {
    shape,
    rows,
    before,
  }: { readonly shape: RelationShape; readonly rows: BuiltRows; readonly before: NodeState | null },
): Promise<PartitionContents> {
  const column = node.partitionBy ?? "";
  const known = before?.partitions?.contents;
  const built = rows.built?.built ?? null;
  const isSameShape = JSON.stringify(rows.columnsBefore) === JSON.stringify(shape.columns);
  if (known === undefined || built === null || !isSameShape) {
    return readPartitionContents(connection, { relation: node.relation, column }, shape);
  }
  const changed = new Set(built.map((partition) => `=${partition}`));
  const kept = Object.entries(known).filter(([key]) => !changed.has(key));
  if (changed.size === 0) return known;
  const where = `${renderIdentifier(column)} in (select changed_partition from ${changedPartitionsTable})`;
  const fresh = await readPartitionContents(connection, { relation: node.relation, column, where }, shape);
  return { ...Object.fromEntries(kept), ...fresh };
}
