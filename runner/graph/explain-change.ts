import type { Manifest } from "../compile/manifest.ts";
import type { NodeState } from "./build-state.ts";
import type { BuildParts, Fingerprints } from "./fingerprints.ts";

/** Why a node differs from what stands in the release, and whether its rows may. */
export interface Change {
  readonly reason: string;
  readonly rows: boolean;
}

const partChanges: Readonly<Record<string, string>> = {
  name: "it was renamed",
  columns: "its declared columns changed",
  folder: "the data folder moved",
  batches: "its batches changed",
  file: "its file changed",
  sql: "its SQL changed",
  settings: "its settings changed",
  champion: "another version scores it",
};

/** What changed since a node was built; null when nothing did. */
export function explainChange(state: NodeState, now: Fingerprints, manifest: Manifest): Change | null {
  if (state.buildFingerprint !== now.build) {
    return { reason: explainParts(state.builtFrom, now.parts, manifest), rows: true };
  }
  if (state.testsFingerprint !== now.tests) return { reason: "its data tests changed", rows: false };
  if (state.docsFingerprint !== now.docs) return { reason: "its description changed", rows: false };
  return null;
}

function explainParts(before: BuildParts | undefined, now: BuildParts, { nodes }: Manifest): string {
  if (before === undefined) return "its SQL, settings or inputs changed";
  const own = changedKeys(before.own, now.own).map((part) => partChanges[part] ?? `its ${part} changed`);
  const engine = before.engine === now.engine ? [] : [`DuckDB was ${before.engine} and is ${now.engine}`];
  const relations = changedKeys(before.inputs, now.inputs).map((uniqueId) => nodes[uniqueId]?.relation ?? uniqueId);
  const inputs = relations.length === 0 ? [] : [`${relations.join(", ")} changed`];
  // What changed in the model itself comes first: it is what a person did.
  return [...own, ...engine, ...inputs].join("; ");
}

function changedKeys(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys.filter((key) => before[key] !== now[key]);
}
