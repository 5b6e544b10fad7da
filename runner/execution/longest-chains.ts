/** By place, the time of the longest chain that begins with a node, its own included; a node stands after all that it waits for. */
export function longestChains(
  times: readonly number[],
  readersOf: (place: number) => readonly number[],
): readonly number[] {
  const chains: number[] = [];
  for (let place = times.length - 1; place >= 0; place--) {
    const after = readersOf(place).map((reader) => chains[reader] ?? 0);
    chains[place] = (times[place] ?? 0) + Math.max(0, ...after);
  }
  return chains;
}
