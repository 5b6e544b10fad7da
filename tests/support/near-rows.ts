import assert from "node:assert/strict";

import { type Cell, cellText, type Row } from "../../runner/warehouse/cells.ts";

/** A number that a table shows rounded. */
export interface Near {
  readonly value: number;
  /** Half of the last digit shown. */
  readonly within: number;
}

export type ExpectedRow = Readonly<Record<string, Cell | Near>>;

/** A number as a table rounds it to some digits; null for null and for what cannot be reckoned. */
export function near(value: number | null | undefined, digits: number): Near | null {
  return value === null || value === undefined || Number.isNaN(value) ? null : { value, within: 0.5 * 10 ** -digits };
}

/** Fails unless a table has exactly these rows, told apart by key columns, cell by cell; their order is left open. */
export function assertNearRows(
  found: readonly Row[],
  expected: readonly ExpectedRow[],
  ...keys: readonly string[]
): void {
  const keyOf = (row: ExpectedRow) => keys.map((key) => JSON.stringify(row[key])).join(" ");
  const byKey = new Map(found.map((row) => [keyOf(row), row]));
  assert.equal(byKey.size, found.length, `${keys.join(", ")} is not unique`);
  assert.deepEqual([...byKey.keys()].toSorted(), expected.map(keyOf).toSorted());
  for (const row of expected) {
    const other = byKey.get(keyOf(row)) ?? {};
    assert.deepEqual(Object.keys(other).toSorted(), Object.keys(row).toSorted());
    for (const [column, cell] of Object.entries(row)) assertCell(other[column], cell, `${column} of ${keyOf(row)}`);
  }
}

function assertCell(found: Cell | undefined, expected: Cell | Near, what: string): void {
  if (!isNear(expected))
    return assert.deepEqual(found, expected, `${what} is ${cellText(found)}, not ${cellText(expected)}`);
  const isClose = typeof found === "number" && Math.abs(found - expected.value) <= expected.within + 1e-9;
  assert.ok(isClose, `${what} is ${cellText(found)}, not ${expected.value}`);
}

function isNear(cell: Cell | Near): cell is Near {
  return typeof cell === "object" && cell !== null && "within" in cell;
}
