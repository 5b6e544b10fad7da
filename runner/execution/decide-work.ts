import type { ManifestNode } from "../compile/manifest.ts";
import type { NodeState } from "../graph/build-state.ts";
import { explainChange } from "../graph/explain-change.ts";
import type { Fingerprints } from "../graph/fingerprints.ts";
import { growsInPlace, type Plan } from "../graph/plan.ts";
import type { Manifest } from "../compile/manifest.ts";
import type { Work } from "./run-results.ts";

/** What is to be done with a node, and why. */
export interface Decision {
  readonly work: Work;
  readonly reason: string;
}

/** Decides by the content of what the node reads, which stands now, what the plan could not yet say. */
export function decideWork(
  node: ManifestNode,
  before: NodeState | null,
  from: { readonly plan: Plan; readonly manifest: Manifest; readonly fingerprints: () => Fingerprints },
): Decision {
  const { plan, manifest } = from;
  const planned = plan.nodes.find(({ uniqueId }) => uniqueId === node.uniqueId);
  if (before === null) return { work: "built", reason: "first build" };
  if (plan.options.force) return { work: "built", reason: "forced" };
  if (plan.options.fullRefresh && growsInPlace(node)) return { work: "built", reason: "full refresh" };
  if (planned?.action === "reuse") return { work: "none", reason: planned.reason };
  const now = from.fingerprints();
  const change = explainChange(before, now, manifest);
  if (change?.rows === true) return { work: "built", reason: change.reason };
  if (before.testsFingerprint !== now.tests)
    return { work: "tested", reason: "its data tests, or what they read, changed" };
  if (before.held !== null)
    return { work: "tested", reason: "it was held; its inputs are again those it was built from" };
  if (change !== null) return { work: "documented", reason: change.reason };
  return { work: "none", reason: "what it reads came out as it was" };
}
