/** Names in topological order, ties by the order given; a cycle is returned as its path, first name repeated. */
export function sortNodes(
  names: readonly string[],
  dependsOn: (name: string) => readonly string[],
): { readonly order: readonly string[]; readonly cycle: readonly string[] | null } {
  const order: string[] = [];
  const state = new Map<string, "open" | "done">();
  for (const name of names) {
    const cycle = visit(name, { dependsOn, order, state });
    if (cycle !== null) return { order, cycle };
  }
  return { order, cycle: null };
}

interface Visit {
  readonly dependsOn: (name: string) => readonly string[];
  readonly order: string[];
  readonly state: Map<string, "open" | "done">;
}

/** Depth first without recursion, so that a chain of many thousand models needs no deep stack. */
function visit(start: string, { dependsOn, order, state }: Visit): readonly string[] | null {
  const path = [{ name: start, next: 0 }];
  if (state.has(start)) return null;
  state.set(start, "open");
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const child = dependsOn(top.name)[top.next++];
    if (child === undefined) {
      state.set(top.name, "done");
      order.push(top.name);
      path.pop();
    } else if (state.get(child) === "open") {
      const names = path.map(({ name }) => name);
      return [...names.slice(names.indexOf(child)), child];
    } else if (!state.has(child)) {
      state.set(child, "open");
      path.push({ name: child, next: 0 });
    }
  }
  return null;
}
