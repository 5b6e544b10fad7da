import type { Manifest, ManifestNode } from "../compile/manifest.ts";

/** Unique ids of what names a node, in the order it is built. */
export function readersOf({ uniqueId }: ManifestNode, { order, nodes }: Manifest): readonly string[] {
  return order.filter((reader) => nodes[reader]?.dependsOn.includes(uniqueId));
}
