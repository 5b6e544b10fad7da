import { countText } from "../count-text.ts";
import type { RelationDifference } from "../execution/compare-relations.ts";
import { cellText, type Row } from "../warehouse/cells.ts";
import { alignTable } from "./text-table.ts";

/** A relation of two releases; only one of them may have it. */
export interface ComparedRelation {
  readonly name: string;
  readonly difference: RelationDifference | "added" | "removed";
}

/** A line a relation that differs, and how many are the same. */
export function renderOverview(compared: readonly ComparedRelation[], same: number): readonly string[] {
  const rows = compared.map(({ name, difference }) => {
    if (typeof difference === "string") return [name, `relation ${difference}`, null, null, null, null, null];
    const { rows: counts, added, removed, changed } = difference;
    return [name, columnsText(difference), counts.before, counts.after, added, removed, changed];
  });
  const headings = ["relation", "columns", "rows before", "rows after", "added", "removed", "changed"];
  const rest = `${same} ${same === 1 ? "relation is" : "relations are"} the same.`;
  return compared.length === 0 ? [rest] : ["", ...alignTable(headings, rows), "", rest];
}

/** Everything that differs in one relation, with samples. */
export function renderComparison({ name, difference }: ComparedRelation, key: readonly string[]): readonly string[] {
  if (typeof difference === "string") return [`${name}: ${difference}`];
  const { rows, added, removed, changed, samples } = difference;
  const by =
    key.length === 0 ? "rows compared whole: no unique test says which columns are its key" : `by ${key.join(", ")}`;
  return [
    `${name}, ${by}`,
    "",
    ...alignTable(
      ["rows before", "rows after", "added", "removed", "changed"],
      [[rows.before, rows.after, added, removed, changed]],
    ),
    ...section("Columns", renderColumns(difference)),
    ...section("Added", renderRows(samples.added, added)),
    ...section("Removed", renderRows(samples.removed, removed)),
    ...section("Changed", renderCells(difference, key)),
  ];
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", heading, ...lines];
}

function renderColumns({ columns }: RelationDifference): readonly string[] {
  return columns.length === 0
    ? []
    : alignTable(
        ["column", "type before", "type after"],
        columns.map(({ column, before, after }) => [column, before, after]),
      );
}

function renderRows(rows: readonly Row[], total: number): readonly string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const headings = Object.keys(first);
  return [
    ...alignTable(
      headings,
      rows.map((row) => headings.map((heading) => row[heading] ?? null)),
    ),
    ...more(total - rows.length),
  ];
}

function renderCells({ cells, changed, changedBy }: RelationDifference, key: readonly string[]): readonly string[] {
  if (cells.length === 0) return [];
  const counts = Object.entries(changedBy).map(([column, rows]) => `${column} in ${countText(rows)}`);
  const rows = cells.map((cell) => [...cell.key, cell.column, cellText(cell.before), cellText(cell.after)]);
  const shown = new Set(cells.map((cell) => JSON.stringify(cell.key))).size;
  return [
    counts.join(", "),
    ...alignTable([...key, "column", "before", "after"], rows),
    ...more((changed ?? 0) - shown),
  ];
}

function more(rows: number): readonly string[] {
  return rows > 0 ? [`and ${countText(rows)} more`] : [];
}

function columnsText({ columns }: RelationDifference): string {
  const texts = columns.map(({ column, before, after }) =>
    before === null ? `+${column}` : after === null ? `-${column}` : `${column} ${before} → ${after}`,
  );
  return texts.join(", ") || "same";
}
