/** Who reads whom, both ways; ephemeral models stand in it like any other. */
export interface Dag {
  readonly upstream: ReadonlyMap<string, readonly string[]>;
  readonly downstream: ReadonlyMap<string, readonly string[]>;
}

/** The graph of all that names what it reads. */
export function createDag(
  resources: readonly { readonly uniqueId: string; readonly dependsOn: readonly string[] }[],
): Dag {
  const upstream = new Map(resources.map(({ uniqueId, dependsOn }) => [uniqueId, dependsOn]));
  const downstream = new Map<string, string[]>(resources.map(({ uniqueId }) => [uniqueId, []]));
  for (const [uniqueId, parents] of upstream) for (const parent of parents) downstream.get(parent)?.push(uniqueId);
  return { upstream, downstream };
}

/** Everything reached from some nodes in at most `depth` steps, these nodes included. */
export function reach(
  start: Iterable<string>,
  edges: ReadonlyMap<string, readonly string[]>,
  depth = Infinity,
): ReadonlySet<string> {
  const found = new Set(start);
  let frontier = [...found];
  for (let step = 0; step < depth && frontier.length > 0; step++) {
    const next = frontier.flatMap((uniqueId) => edges.get(uniqueId) ?? []).filter((uniqueId) => !found.has(uniqueId));
    for (const uniqueId of next) found.add(uniqueId);
    frontier = [...new Set(next)];
  }
  return found;
}
