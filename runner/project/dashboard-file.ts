import * as z from "zod";

import type { Diagnostic } from "../diagnostics.ts";
import { chartColumns } from "./chart-columns.ts";
import { type Chart, chartSchemas, type Dashboard, dashboardSchema } from "./dashboard.ts";
import { baseName } from "./model-file.ts";
import type { TextFile } from "./project-files.ts";
import type { Place } from "./project.ts";
import { parseYamlDocument, parseYamlValue, type YamlDocument, type YamlPath } from "./yaml-document.ts";

/** A name in a dashboard that stands for something elsewhere, with its place; `column` is null where it names the table. */
export interface DashboardUse {
  readonly table: string;
  readonly column: string | null;
  readonly place: Place;
}

/** A chart's name with its place. */
export interface NamedChart {
  readonly name: string;
  readonly place: Place;
}

/** A dashboard with its file and what it names, not resolved against anything yet. */
export interface DashboardFile {
  readonly path: string;
  readonly text: string;
  readonly dashboard: Dashboard;
  readonly uses: readonly DashboardUse[];
  /** Charts that it defines, and those of any dashboard that its header shows. */
  readonly charts: readonly NamedChart[];
  readonly header: readonly NamedChart[];
}

interface At {
  readonly document: YamlDocument;
  readonly value: unknown;
  readonly path: YamlPath;
}

const kindSchema = z.object({ kind: z.enum(Object.keys(chartSchemas)) });

/** Reads a `dashboards/<name>.yml`; what does not fit is reported at its line. */
export function parseDashboardFile({ path, text }: TextFile, diagnostics: Diagnostic[]): DashboardFile | undefined {
  const document = parseYamlDocument({ path, text }, diagnostics);
  if (document === undefined) return undefined;
  const yaml = parseYamlValue(dashboardSchema, { document, value: document.value ?? {}, path: [] }, diagnostics);
  if (yaml === undefined) return undefined;
  const { title, description, header, filters } = yaml;
  const read = yaml.tabs.flatMap((tab, tabAt) =>
    tab.charts.flatMap((value, at) => {
      const place = { document, value, path: ["tabs", tabAt, "charts", at] };
      return parseChart(place, diagnostics).map((chart) => ({ chart, tabAt, place }));
    }),
  );
  const tabs = yaml.tabs.map((tab, tabAt) => ({
    title: tab.title,
    charts: read.filter((it) => it.tabAt === tabAt).map(({ chart }) => chart),
  }));
  return {
    path,
    text,
    dashboard: { name: baseName(path), title, description, header, filters, tabs },
    uses: [
      ...filters.flatMap((filter, at) => filterUses(filter, document, ["filters", at])),
      ...read.flatMap(({ chart, place }) => chartUses(chart, place, text)),
    ],
    charts: read.map(({ chart, place }) => ({
      name: chart.name,
      place: document.place([...place.path, "name"]),
    })),
    header: header.map((name, at) => ({ name, place: document.place(["header", at]) })),
  };
}

/** By its kind first, so that a key too many is told with the keys of that kind. */
function parseChart(at: At, diagnostics: Diagnostic[]): readonly Chart[] {
  const chart = parseYamlValue(kindSchema, at, diagnostics);
  const schema = Object.entries(chartSchemas).find(([kind]) => kind === chart?.kind)?.[1];
  if (schema === undefined) return [];
  const parsed = parseYamlValue(schema, at, diagnostics);
  return parsed === undefined ? [] : [parsed];
}

function filterUses(
  { table, column }: Dashboard["filters"][number],
  document: YamlDocument,
  path: YamlPath,
): readonly DashboardUse[] {
  return [
    { table, column: null, place: document.place([...path, "table"]) },
    { table, column, place: document.place([...path, "column"]) },
  ];
}

function chartUses(chart: Chart, { document, path }: At, text: string): readonly DashboardUse[] {
  const lines = text.split("\n");
  const columns = chartColumns(chart).map((named): DashboardUse => {
    const { line, column } = document.place([...path, ...named.path]);
    // Inside a measure, the column's own place.
    const found = (lines[line - 1] ?? "").slice(column - 1).search(new RegExp(`\\b${named.column}\\b`));
    return { table: chart.table, column: named.column, place: { line, column: column + Math.max(0, found) } };
  });
  return [{ table: chart.table, column: null, place: document.place([...path, "table"]) }, ...columns];
}
