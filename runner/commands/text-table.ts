export type TableCell = string | number | boolean | null | Date | object;

/** Rows as aligned lines under their headings: numbers to the right, everything else to the left, null as a dash. */
export function alignTable(headings: readonly string[], rows: readonly (readonly TableCell[])[]): readonly string[] {
  const texts = rows.map((row) => row.map(renderCell));
  const numeric = headings.map((_, at) => rows.some((row) => typeof row[at] === "number"));
  const widths = headings.map((heading, at) => Math.max(heading.length, ...texts.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (numeric[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(headings), widths.map((width) => "─".repeat(width)).join("  "), ...texts.map(line)];
}

function renderCell(cell: TableCell): string {
  if (cell === null) return "–";
  if (cell instanceof Date)
    return cell
      .toISOString()
      .replace("T", " ")
      .replace(/( 00:00:00)?(\.000)?Z$/, "");
  if (typeof cell === "number") return Number.isInteger(cell) ? cell.toLocaleString("en-US") : String(cell);
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}
