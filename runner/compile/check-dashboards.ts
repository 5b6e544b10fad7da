import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import type { DashboardUse, NamedChart } from "../project/dashboard-file.ts";
import type { Project } from "../project/project.ts";
import type { ManifestNode } from "./manifest.ts";
import { metaTables } from "./meta-tables.ts";

interface Table {
  readonly columns: readonly string[];
  /** What describes its columns. */
  readonly path: string;
}

/** The relation that a dashboard's `table` stands for: bare names are gold's. */
export function dashboardRelation(table: string): string {
  return table.includes(".") ? table : `gold.${table}`;
}

/** What the dashboards name and is not there: tables, columns, charts; and charts that are there twice. */
export function checkDashboards({ dashboards }: Project, nodes: readonly ManifestNode[]): readonly Diagnostic[] {
  const tables = readableTables(nodes);
  const charts = new Map<string, string>();
  const repeated = dashboards.flatMap(({ path, charts: own }) =>
    own.flatMap((chart) => checkTwice(chart, path, charts)),
  );
  const unresolved = dashboards.flatMap(({ path, uses, header }) => [
    ...uses.flatMap((use) => checkUse(use, tables).map((found) => ({ path, ...use.place, ...found }))),
    ...header.flatMap(({ name, place }) => {
      if (charts.has(name)) return [];
      const message = `header '${name}' names no chart`;
      return [{ path, ...place, message, hint: didYouMean(name, charts.keys()) ?? "charts are named by their `name`" }];
    }),
  ]);
  return [...repeated, ...unresolved];
}

/** What an export sends: gold and meta, ephemeral models apart. */
function readableTables(nodes: readonly ManifestNode[]): ReadonlyMap<string, Table> {
  const gold = nodes.filter(
    (node) => node.schema === "gold" && !(node.resourceType === "model" && node.materialized === "ephemeral"),
  );
  return new Map([
    ...gold.map(({ relation, columns, path }): [string, Table] => [
      relation,
      { columns: columns.map(({ name }) => name), path },
    ]),
    ...metaTables.map(({ name, columns }): [string, Table] => [
      `meta.${name}`,
      { columns: columns.map(([column]) => column), path: "the runner" },
    ]),
  ]);
}

function checkUse(
  { table: name, column }: DashboardUse,
  tables: ReadonlyMap<string, Table>,
): readonly Pick<Diagnostic, "message" | "hint">[] {
  const table = tables.get(dashboardRelation(name));
  if (table === undefined) {
    if (column !== null) return [];
    const known = [...tables.keys()].map((relation) => relation.replace(/^gold\./, ""));
    const hint =
      didYouMean(name, known) ??
      "charts read tables of gold by their name, and meta.runs, meta.test_results and meta.relations";
    return [{ message: `table '${name}' is no table of gold or meta`, hint }];
  }
  if (column === null || table.columns.includes(column)) return [];
  const hint = didYouMean(column, table.columns) ?? `${table.path} describes: ${table.columns.join(", ")}`;
  return [{ message: `'${column}' is no column of ${dashboardRelation(name)}`, hint }];
}

function checkTwice({ name, place }: NamedChart, path: string, charts: Map<string, string>): readonly Diagnostic[] {
  const before = charts.get(name);
  charts.set(name, before ?? path);
  if (before === undefined) return [];
  const hint = "the name is a chart's identity: give this one another";
  return [{ path, ...place, message: `chart '${name}' is there already, in ${before}`, hint }];
}
