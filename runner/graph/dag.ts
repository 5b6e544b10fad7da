import type { Manifest } from "../compile/manifest.ts";

/** Who reads whom, both ways; ephemeral models stand in it like any other. */
export interface Dag {
  readonly upstream: ReadonlyMap<string, readonly string[]>;
  readonly downstream: ReadonlyMap<string, readonly string[]>;
}

/** The graph of a manifest. */
export function createDag({ order, nodes }: Manifest): Dag {
  const upstream = new Map(order.map((uniqueId) => [uniqueId, nodes[uniqueId]?.dependsOn ?? []]));
  const downstream = new Map<string, string[]>(order.map((uniqueId) => [uniqueId, []]));
  for (const [uniqueId, parents] of upstream) for (const parent of parents) downstream.get(parent)?.push(uniqueId);
  return { upstream, downstream };
}

/** Everything reached from a node in at most `depth` steps, the node itself included. */
export function reach(
  start: string,
  edges: ReadonlyMap<string, readonly string[]>,
  depth = Infinity,
): ReadonlySet<string> {
  const found = new Set([start]);
  let frontier = [start];
  for (let step = 0; step < depth && frontier.length > 0; step++) {
    frontier = frontier.flatMap((uniqueId) => edges.get(uniqueId) ?? []).filter((uniqueId) => !found.has(uniqueId));
    for (const uniqueId of frontier) found.add(uniqueId);
  }
  return found;
}
