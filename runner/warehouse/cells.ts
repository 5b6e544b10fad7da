/** A cell as plain JavaScript: BIGINT as number where exact (otherwise string), dates and timestamps as Date. */
export type Cell = string | number | boolean | null | Date | readonly Cell[] | { readonly [name: string]: Cell };
export type Row = Readonly<Record<string, Cell>>;

/** A cell as text; empty for null. */
export function cellText(value: Cell | undefined): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
