import { cellText, type Row } from "../../runner/warehouse/cells.ts";

/** Rows as lines of text, cells apart by ` | ` and nulls as –, so that a test shows a whole table at a glance. */
export function rowsAsLines(rows: readonly Row[]): readonly string[] {
  return rows.map((row) =>
    Object.values(row)
      .map((cell) => (cell === null ? "–" : cellText(cell)))
      .join(" | "),
  );
}
