export type TableCell = string | number | boolean | null | Date | object;

/** A minutes column is shown in hours when its largest value is at least this many. */
const manyMinutes = 1000;

/**
 * Rows as aligned lines under their headings, as people read them: numbers to the right with equal decimals and thousands
 * apart, years as they are, long minutes as hours, moments to the second, null as a dash, ends of lines and other control characters escaped.
 */
export function alignTable(headings: readonly string[], rows: readonly (readonly TableCell[])[]): readonly string[] {
  const columns = headings.map((heading, at) =>
    renderColumn(
      heading,
      rows.map((row) => row[at] ?? null),
    ),
  );
  const line = (cell: (column: Column) => string): string =>
    columns
      .map((column) => (column.isNumeric ? cell(column).padStart(column.width) : cell(column).padEnd(column.width)))
      .join("  ")
      .trimEnd();
  return [
    line(({ heading }) => heading),
    columns.map(({ width }) => "─".repeat(width)).join("  "),
    ...rows.map((_, at) => line(({ texts }) => texts[at] ?? "")),
  ];
}

/** The same rows one below the other, a line a column: for tables wider than the screen. */
export function expandTable(headings: readonly string[], rows: readonly (readonly TableCell[])[]): readonly string[] {
  const width = Math.max(0, ...headings.map((heading) => heading.length));
  const columns = headings.map((heading, at) =>
    renderColumn(
      heading,
      rows.map((row) => row[at] ?? null),
    ),
  );
  return rows.flatMap((_, at) => [
    `── ${at + 1} ──`,
    ...columns.map(({ heading, texts }) => `${heading.padEnd(width)}  ${texts[at] ?? ""}`),
  ]);
}

interface Column {
  readonly heading: string;
  readonly texts: readonly string[];
  readonly isNumeric: boolean;
  readonly width: number;
}

function renderColumn(heading: string, cells: readonly TableCell[]): Column {
  const numbers = cells.filter((cell) => typeof cell === "number");
  const renderNumber = numberFormat(heading, numbers);
  const texts = cells.map((cell) => (typeof cell === "number" ? renderNumber(cell) : renderCell(cell)));
  const width = Math.max(heading.length, ...texts.map((text) => text.length));
  return { heading, texts, isNumeric: numbers.length > 0, width };
}

function numberFormat(heading: string, numbers: readonly number[]): (value: number) => string {
  if (/(^|_)year$/.test(heading)) return String;
  const isMinutes = /^minutes(_played)?$|_minutes$/.test(heading);
  if (isMinutes && numbers.some((minutes) => minutes >= manyMinutes)) {
    return (minutes) => `${grouped(minutes / 60, 1)} h`;
  }
  const digits = Math.max(0, ...numbers.map(decimals));
  return (value) => grouped(value, digits);
}

function grouped(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Digits after the point, of the shortest text of the number; at most 6. */
function decimals(value: number): number {
  if (!Number.isFinite(value)) return 0;
  return Math.min(6, (/\.(\d+)$/.exec(value.toFixed(6).replace(/0+$/, ""))?.[1] ?? "").length);
}

function renderCell(cell: Exclude<TableCell, number>): string {
  if (cell === null) return "–";
  if (cell instanceof Date)
    return cell
      .toISOString()
      .replace("T", " ")
      .replace(/( 00:00:00)?(\.\d+)?Z$/, "");
  const text = typeof cell === "object" ? JSON.stringify(cell) : String(cell);
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, escapeCharacter);
}

/** As JSON writes it, which leaves some of them as they are. */
function escapeCharacter(character: string): string {
  const escaped = JSON.stringify(character).slice(1, -1);
  return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : escaped;
}
