import type { BuildState } from "../graph/build-state.ts";
import type { ReleaseState } from "../warehouse/release-state.ts";

/** What a release is, next to the release before it. */
export interface ReleaseSummary {
  readonly release: number;
  readonly runId: string;
  /** ISO, UTC. */
  readonly publishedAt: string;
  /** Names of what its run built with another content than the release before has, or that it dropped. */
  readonly changed: readonly string[];
  /** Of all its tables. */
  readonly rows: number;
  /** Names of what keeps older rows because a newer build failed. */
  readonly held: readonly string[];
}

/** Releases by their states, in their order; the first is compared with none. */
export function summarizeReleases(states: readonly ReleaseState[]): readonly ReleaseSummary[] {
  return states.map((state, index) => ({
    release: state.release,
    runId: state.runId,
    publishedAt: state.publishedAt,
    changed: changedNodes(state, states[index - 1]),
    rows: Object.values(state.nodes).reduce((sum, { rows }) => sum + (rows ?? 0), 0),
    held: names(Object.entries(state.nodes).flatMap(([uniqueId, { held }]) => (held === null ? [] : [uniqueId]))),
  }));
}

function changedNodes(state: ReleaseState, before: BuildState | undefined): readonly string[] {
  const built = Object.entries(state.nodes).filter(
    ([uniqueId, { builtBy, contentHash }]) =>
      builtBy === state.runId && contentHash !== before?.nodes[uniqueId]?.contentHash,
  );
  const dropped = Object.keys(before?.nodes ?? {}).filter((uniqueId) => state.nodes[uniqueId] === undefined);
  return names([...built.map(([uniqueId]) => uniqueId), ...dropped]);
}

/** Unique ids end with the name. */
function names(uniqueIds: readonly string[]): readonly string[] {
  return uniqueIds.map((uniqueId) => uniqueId.split(".").at(-1) ?? uniqueId).toSorted();
}
