import { hashedUniform } from "../../prng.ts";

/** Fewer rows than this say nothing about when to stop. */
const leastRows = 100;

/**
 * The rows that only say when to stop: a seeded share of the groups, or of the rows where there are none. Whether a
 * group belongs to it depends on seed and name alone. None when the share gives fewer than 100 rows on either side.
 */
export function validationRows(
  set: { readonly labels: Float64Array; readonly groups?: readonly string[] },
  settings: { readonly validationShare: number; readonly seed: string },
): ReadonlySet<number> {
  if (settings.validationShare === 0) return new Set();
  const rows = new Set<number>();
  for (let row = 0; row < set.labels.length; row++) {
    const key = set.groups === undefined ? row : (set.groups[row] ?? "");
    if (hashedUniform(`${settings.seed}/validation/${key}`) < settings.validationShare) rows.add(row);
  }
  return rows.size < leastRows || set.labels.length - rows.size < leastRows ? new Set() : rows;
}
