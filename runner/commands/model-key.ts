import type { Manifest, ModelNode } from "../compile/manifest.ts";
import { parseKeyTests } from "../delivery/key-tests.ts";
import { relationKeys } from "../delivery/relation-keys.ts";

/** The columns that tell one row of a model from another: its unique_key, or what its data tests vouch for; empty when nothing does. */
export function modelKey(manifest: Manifest, node: ModelNode): readonly string[] {
  if (node.uniqueKey.length > 0) return node.uniqueKey;
  return relationKeys(parseKeyTests(manifest), node.relation).find(({ kind }) => kind === "primary")?.columns ?? [];
}
