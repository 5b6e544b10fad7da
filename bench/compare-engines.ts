/** Rows of one result, cells as `readCells` gives them; the columns of `isReal` may differ by a tolerance. */
export interface EngineRows {
  readonly isReal: readonly boolean[];
  readonly rows: readonly (readonly unknown[])[];
}

/** How two results differ, in words; null when they hold the same rows, in any order, real numbers within a relative tolerance. */
export function findDifference(
  { isReal, rows: expected }: EngineRows,
  actual: readonly (readonly unknown[])[],
  tolerance: number,
): string | null {
  if (expected.length !== actual.length) return `${actual.length} rows instead of ${expected.length}`;
  const [left, right] = [grouped(expected, isReal), grouped(actual, isReal)];
  for (const [key, numbers] of left) {
    const others = right.get(key);
    if (others === undefined || others.length !== numbers.length) return `other rows: ${key.slice(0, 200)}`;
    for (const [at, row] of numbers.entries()) {
      const other = others[at] ?? [];
      const wrong = row.findIndex((value, column) => !isNear(value, other[column], tolerance));
      if (wrong !== -1) return `${String(other[wrong])} instead of ${String(row[wrong])}: ${key.slice(0, 200)}`;
    }
  }
  return null;
}

/** The exact cells of a row as a key → the real ones of each row that has them, in an order that rounding does not change. */
function grouped(
  rows: readonly (readonly unknown[])[],
  isReal: readonly boolean[],
): ReadonlyMap<string, readonly (readonly unknown[])[]> {
  const groups = new Map<string, (readonly unknown[])[]>();
  for (const row of rows) {
    const key = JSON.stringify(row.filter((_, column) => isReal[column] !== true));
    const numbers = row.filter((_, column) => isReal[column] === true);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [numbers]);
    else group.push(numbers);
  }
  const roughly = (row: readonly unknown[]): string =>
    row.map((cell) => (typeof cell === "number" ? cell.toPrecision(4) : String(cell))).join(" ");
  for (const [key, group] of groups) {
    if (group.length > 1)
      groups.set(
        key,
        group.toSorted((one, two) => (roughly(one) < roughly(two) ? -1 : 1)),
      );
  }
  return groups;
}

function isNear(left: unknown, right: unknown, tolerance: number): boolean {
  if (typeof left !== "number" || typeof right !== "number") return left === right;
  if (Object.is(left, right) || left === right) return true;
  return Math.abs(left - right) <= tolerance * Math.max(Math.abs(left), Math.abs(right), tolerance);
}
