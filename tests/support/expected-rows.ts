import assert from "node:assert/strict";

import type { Cell, Row } from "../../runner/warehouse/cells.ts";

/** A figure before it is rounded, and how far the warehouse's may lie from it. */
export interface Near {
  readonly about: number;
  readonly within: number;
}

export type ExpectedCell = string | number | boolean | null | Near;
export type ExpectedRow = Readonly<Record<string, ExpectedCell>>;

/** A figure that the warehouse rounds to so many digits; null stays null. */
export function near(value: number | null, digits = 3): Near | null {
  return value === null ? null : { about: value, within: 0.5 * 10 ** -digits + 1e-7 };
}

/** Asserts that a table has exactly these rows in this order, with exactly these columns. */
export function assertRows(found: readonly Row[], expected: readonly ExpectedRow[], table: string): void {
  assert.equal(found.length, expected.length, `${table} has ${found.length} rows`);
  for (const [index, row] of found.entries()) {
    const wanted = expected[index] ?? {};
    assert.deepEqual(Object.keys(row).toSorted(), Object.keys(wanted).toSorted(), table);
    for (const [column, cell] of Object.entries(wanted)) {
      const place = `${table} ${index} ${column}: ${JSON.stringify(row[column])} is not ${JSON.stringify(cell)}`;
      assert.ok(isExpected(row[column], cell), place);
    }
  }
}

function isExpected(found: Cell | undefined, cell: ExpectedCell): boolean {
  if (cell === null || typeof cell !== "object") return found === cell;
  return typeof found === "number" && Math.abs(found - cell.about) <= cell.within;
}
