import type { ReleaseState } from "../warehouse/release-state.ts";

/** What is told of a release. */
export interface ReleaseSummary {
  readonly release: number;
  readonly runId: string;
  /** ISO, UTC. */
  readonly publishedAt: string;
  /** Names of what has another content than in the release that its run went on from, or is gone; of older versions' releases, what the run built. */
  readonly changed: readonly string[];
  /** Of all its tables. */
  readonly rows: number;
  /** Names of what keeps older rows because a newer build failed. */
  readonly held: readonly string[];
}

/** Releases by their states, in their order. */
export function summarizeReleases(states: readonly ReleaseState[]): readonly ReleaseSummary[] {
  return states.map((state) => ({
    release: state.release,
    runId: state.runId,
    publishedAt: state.publishedAt,
    changed: names(state.changed ?? builtNodes(state)),
    rows: Object.values(state.nodes).reduce((sum, { rows }) => sum + (rows ?? 0), 0),
    held: names(Object.entries(state.nodes).flatMap(([uniqueId, { held }]) => (held === null ? [] : [uniqueId]))),
  }));
}

function builtNodes({ nodes, runId }: ReleaseState): readonly string[] {
  return Object.keys(nodes).filter((uniqueId) => nodes[uniqueId]?.builtBy === runId);
}

/** Unique ids end with the name. */
function names(uniqueIds: readonly string[]): readonly string[] {
  return uniqueIds.map((uniqueId) => uniqueId.split(".").at(-1) ?? uniqueId).toSorted();
}
