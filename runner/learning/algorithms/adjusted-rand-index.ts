/** How far two clusterings of the same points agree: 1 the same but for names, 0 as by chance (Hubert and Arabie, 1985). */
export function adjustedRandIndex(left: Int32Array, right: Int32Array): number {
  const cells = new Map<string, number>();
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  for (const [index, label] of left.entries()) {
    const other = right[index] ?? 0;
    cells.set(`${label}/${other}`, (cells.get(`${label}/${other}`) ?? 0) + 1);
    rows.set(label, (rows.get(label) ?? 0) + 1);
    columns.set(other, (columns.get(other) ?? 0) + 1);
  }
  const together = pairsWithin(cells);
  const inLeft = pairsWithin(rows);
  const inRight = pairsWithin(columns);
  const byChance = (inLeft * inRight) / pairs(left.length);
  const most = (inLeft + inRight) / 2;
  return most === byChance ? 1 : (together - byChance) / (most - byChance);
}

function pairsWithin(counts: ReadonlyMap<unknown, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += pairs(count);
  return sum;
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}
