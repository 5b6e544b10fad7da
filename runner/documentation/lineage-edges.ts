import type { BoundColumn, Manifest, ManifestNode } from "../compile/manifest.ts";

/** A use of a column by another: both as `<unique id> <column>`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Uses by the node's own columns and of them: one step each way. */
export function nearEdges(node: ManifestNode, { nodes }: Manifest): readonly Edge[] {
  const out = Object.values(nodes).flatMap((reader) =>
    reader.reads.includes(node.uniqueId) && reader !== node
      ? usesOf(reader, reader.boundColumns).filter(({ from }) => nodeOfKey(from) === node.uniqueId)
      : [],
  );
  return [...usesOf(node, node.boundColumns), ...out];
}

/** The same all the way: what its columns come from, up to sources and seeds, and all that comes of them. */
export function wholeEdges(node: ManifestNode, manifest: Manifest): readonly Edge[] {
  const nodes = manifest.order.flatMap((uniqueId) => manifest.nodes[uniqueId] ?? []);
  const own = node.boundColumns.map(({ name }) => keyOf(node.uniqueId, name));
  const above = follow(nodes.toReversed(), own, ({ from, to }) => [to, from]);
  return [...above.toReversed(), ...follow(nodes, own, ({ from, to }) => [from, to])];
}

/** The key of a column. */
export function keyOf(uniqueId: string, column: string): string {
  return `${uniqueId} ${column}`;
}

/** The unique id in the key of a column. */
export function nodeOfKey(key: string): string {
  return key.slice(0, key.indexOf(" "));
}

/** Nodes stand in an order in which each comes after all that leads to it. */
function follow(
  nodes: readonly ManifestNode[],
  start: readonly string[],
  ends: (edge: Edge) => readonly [near: string, far: string],
): readonly Edge[] {
  const reached = new Set(start);
  return nodes.flatMap((node) =>
    usesOf(node, node.boundColumns).filter((edge) => {
      const [near, far] = ends(edge);
      if (!reached.has(near)) return false;
      reached.add(far);
      return true;
    }),
  );
}

function usesOf({ uniqueId }: ManifestNode, columns: readonly BoundColumn[]): readonly Edge[] {
  return columns.flatMap(({ name, from }) =>
    (from ?? []).map((it) => ({ from: keyOf(it.uniqueId, it.column), to: keyOf(uniqueId, name) })),
  );
}
