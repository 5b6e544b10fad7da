import type { Manifest, ManifestNode } from "../compile/manifest.ts";
import { renderDataTest } from "../data-tests/render-data-test.ts";
import { fingerprint } from "../graph/fingerprints.ts";

/** A key for each node and data test; another one whenever binding it could say something else. */
export interface BindingKeys {
  readonly of: (uniqueId: string) => string;
}

/** The keys of all nodes and data tests: of their SQL, of all upstream, and of the engine. */
export function bindingKeys(
  { order, nodes, tests }: Manifest,
  { engine, scoreColumns }: { readonly engine: string; readonly scoreColumns: (node: ManifestNode) => string | null },
): BindingKeys {
  const keys = new Map<string, string>();
  const keysOf = (uniqueIds: readonly string[]): readonly string[] => uniqueIds.map((id) => keys.get(id) ?? "");
  for (const uniqueId of order) {
    const node = nodes[uniqueId];
    if (node !== undefined)
      keys.set(uniqueId, fingerprint([engine, boundText(node), scoreColumns(node), keysOf(node.reads)]));
  }
  for (const test of tests) keys.set(test.uniqueId, fingerprint([renderDataTest(test), keysOf(test.reads)]));
  return { of: (uniqueId) => keys.get(uniqueId) ?? "" };
}

function boundText(node: ManifestNode): readonly unknown[] {
  return node.resourceType === "model"
    ? [node.uniqueId, node.relation, node.compiledCode, node.incrementalCode, node.uniqueKey, node.partitionBy]
    : [node.uniqueId, node.relation, node.columns.map(({ name, dataType }) => [name, dataType])];
}
