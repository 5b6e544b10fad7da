import type { Manifest } from "../compile/manifest.ts";
import type { BuildState, NodeState } from "../graph/build-state.ts";
import type { Plan } from "../graph/plan.ts";
import type { RunResults } from "./run-results.ts";

/** What the warehouse is made of after a run: new results over the state of the release it started from. */
export function nextState(plan: Plan, results: RunResults): BuildState {
  const kept = Object.entries(plan.state.nodes).filter(([uniqueId]) => !plan.removed.includes(uniqueId));
  const made = results.results.flatMap(({ uniqueId, state }): [string, NodeState][] =>
    state === null ? [] : [[uniqueId, state]],
  );
  return { batches: plan.surroundings.batches, nodes: Object.fromEntries([...kept, ...made]) };
}

/** Whether the run changed anything that a release shows. */
export function isChanged(before: BuildState, after: BuildState): boolean {
  const canonical = ({ batches, nodes }: BuildState): string =>
    JSON.stringify([
      Object.entries(batches).toSorted(byKey),
      Object.entries(nodes)
        .toSorted(byKey)
        .map(([uniqueId, node]) => [uniqueId, ...Object.entries(node).toSorted(byKey)]),
    ]);
  return canonical(before) !== canonical(after);
}

/** Nodes that have another content, or are gone. */
export function changedNodes({ nodes: before }: BuildState, { nodes: after }: BuildState): readonly string[] {
  const ids = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...ids].filter((uniqueId) => before[uniqueId]?.contentHash !== after[uniqueId]?.contentHash).toSorted();
}

/** Relations whose rows, columns or texts the run changed, by name; dropped ones included. */
export function changedRelations(manifest: Manifest, results: RunResults): readonly string[] {
  const changed = results.results.filter(({ status, work }) => status === "success" && work !== "tested");
  const relations = changed.map(({ uniqueId }) => manifest.nodes[uniqueId]?.relation ?? uniqueId);
  return [...relations, ...results.dropped].toSorted();
}

function byKey(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  return left[0] < right[0] ? -1 : 1;
}
