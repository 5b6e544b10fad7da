import type { PartitionState } from "./build-state.ts";

/** The key of input rows whose partition is null: an empty partition has the key "=". */
export const noPartition = "";

/**
 * Partitions whose input changed, came or went between two states, sorted; null when only a whole rebuild is right:
 * the SQL or something that is read whole changed, or rows without a partition did.
 */
export function changedPartitions(before: PartitionState | undefined, now: PartitionState): readonly string[] | null {
  if (before === undefined || before.whole !== now.whole) return null;
  const changed = new Set<string>();
  for (const [uniqueId, partitions] of Object.entries(now.inputs)) {
    const known = before.inputs[uniqueId];
    if (known === undefined) return null;
    for (const key of [...Object.keys(known), ...Object.keys(partitions)])
      if (known[key] !== partitions[key]) changed.add(key);
  }
  if (changed.has(noPartition)) return null;
  return [...changed].map((key) => key.slice(1)).toSorted();
}
