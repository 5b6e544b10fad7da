import { ProjectError } from "../diagnostics.ts";

/** A column and its type as DuckDB writes it. */
export interface Column {
  readonly name: string;
  readonly dataType: string;
}

/** Table → the columns that the project declares for it. */
export type DeclaredTables = Readonly<Record<string, readonly Column[]>>;

/** Throws a ProjectError where a landed table's columns, in whatever order, are not those the project declares for it. */
export function checkColumns(table: string, landed: readonly Column[], tables: DeclaredTables): void {
  const declared = new Map((tables[table] ?? []).map(({ name, dataType }) => [name, dataType.toUpperCase()]));
  const found = new Map(landed.map(({ name, dataType }) => [name, dataType.toUpperCase()]));
  const differences = [...new Set([...found.keys(), ...declared.keys()])]
    .filter((name) => found.get(name) !== declared.get(name))
    .map((name) => `${name} lands as ${found.get(name) ?? "nothing"}, declared is ${declared.get(name) ?? "nothing"}`);
  if (differences.length === 0) return;
  throw new ProjectError([
    {
      path: "project.yml",
      message: `the source table '${table}' is declared otherwise than it lands: ${differences.join("; ")}`,
      hint: "Declare the columns as they land; nothing of this file has landed.",
    },
  ]);
}
