import type { Chart, Dashboard } from "../../project/dashboard.ts";
import { usualSize } from "./chart-kinds.ts";
import { isDated } from "./dashboard-file.ts";
import { identityOf, type SupersetSource, titleOf } from "./superset-source.ts";

type Component = Readonly<Record<string, unknown>> & { readonly id: string };

const columns = 12;
const headerPrefix = "HEAD";

/** The id of a dashboard's tab, counted from 0. */
export function tabId(at: number): string {
  return `TAB-${at + 1}`;
}

/** The charts of a dashboard, its header's first, with the numbers that stand for them until the import knows theirs. */
export function chartIds({ dashboards }: SupersetSource, dashboard: Dashboard): ReadonlyMap<string, number> {
  const names = [...dashboard.header, ...dashboard.tabs.flatMap(({ charts }) => charts.map(({ name }) => name))];
  const known = new Set(dashboards.flatMap(({ tabs }) => tabs.flatMap(({ charts }) => charts.map(({ name }) => name))));
  return new Map([...new Set(names)].filter((name) => known.has(name)).map((name, at) => [name, at + 1]));
}

/** Where everything stands: what it is and what it covers on top, then the tabs. */
export function positionOf(source: SupersetSource, dashboard: Dashboard): Readonly<Record<string, unknown>> {
  const all = source.dashboards.flatMap(({ tabs }) => tabs.flatMap(({ charts }) => charts));
  const header = dashboard.header.flatMap((name) => all.find((chart) => chart.name === name) ?? []);
  const place = placeCharts(source, chartIds(source, dashboard));
  const parents = ["ROOT_ID", "GRID_ID"];
  const headerRows = place(header, headerPrefix, parents);
  const tabs = dashboard.tabs.map(({ title, charts }, at) => {
    const id = tabId(at);
    const inside = [...parents, "TABS-1"];
    const rows = place(charts, id, [...inside, id]);
    // Where a time filter would leave some charts as they are, there is none, and the tab says so.
    const text = isDated(charts) ? title : `${title} (whole life)`;
    return [{ id, type: "TAB", parents: inside, children: rows.ids, meta: { text } }, ...rows.components];
  });
  const grid = { id: "GRID_ID", type: "GRID", parents: ["ROOT_ID"] };
  const components: readonly Component[] = [
    { id: "ROOT_ID", type: "ROOT", children: ["GRID_ID"] },
    { ...grid, children: ["ROW-ABOUT", ...headerRows.ids, "TABS-1"] },
    { id: "HEADER_ID", type: "HEADER", meta: { text: titleOf(source, dashboard.title) } },
    ...aboutRow(source, dashboard),
    ...headerRows.components,
    { id: "TABS-1", type: "TABS", parents, children: dashboard.tabs.map((_, at) => tabId(at)), meta: {} },
    ...tabs.flat(),
  ];
  return {
    DASHBOARD_VERSION_KEY: "v2",
    ...Object.fromEntries(components.map((component) => [component.id, component])),
  };
}

function aboutRow({ isDemo }: SupersetSource, { description }: Dashboard): readonly Component[] {
  const label = isDemo ? "**Demo data: the listener, the artists, the songs and every play are made up.** " : "";
  const meta = { width: columns, height: 8, code: `${label}${description}` };
  const parents = ["ROOT_ID", "GRID_ID"];
  return [
    { id: "ROW-ABOUT", type: "ROW", parents, children: ["MARKDOWN-ABOUT"], meta: rowMeta },
    { id: "MARKDOWN-ABOUT", type: "MARKDOWN", parents: [...parents, "ROW-ABOUT"], children: [], meta },
  ];
}

interface Rows {
  readonly ids: readonly string[];
  readonly components: readonly Component[];
}

const rowMeta = { background: "BACKGROUND_TRANSPARENT" };

/** Puts charts side by side while they fit; all of a row are as high as the highest. */
function placeCharts(source: SupersetSource, ids: ReadonlyMap<string, number>) {
  return (charts: readonly Chart[], prefix: string, parents: readonly string[]): Rows => {
    const rows = fillRows(charts).map((row, at) => {
      const id = `ROW-${prefix}-${at + 1}`;
      const height = Math.max(...row.map((chart) => sizeOf(chart).height));
      const whyHeight = Math.max(...row.map(heightOfWhy));
      const columnsOfRow = row.map((chart) =>
        placeChart(source, chart, {
          id: `${prefix}-${chart.name}`,
          parents: [...parents, id],
          chartId: ids.get(chart.name),
          height,
          whyHeight: prefix === headerPrefix ? null : whyHeight,
        }),
      );
      const children = columnsOfRow.map(({ first }) => first);
      const placed = columnsOfRow.flatMap(({ components }) => components);
      return { id, components: [{ id, type: "ROW", parents, children, meta: rowMeta }, ...placed] };
    });
    return { ids: rows.map(({ id }) => id), components: rows.flatMap(({ components }) => components) };
  };
}

interface ChartPlace {
  readonly id: string;
  readonly parents: readonly string[];
  readonly chartId: number | undefined;
  readonly height: number;
  /** Null where the chart's title says enough. */
  readonly whyHeight: number | null;
}

/** A chart with what it is for below it: Superset shows a chart's description only to those who look for it. */
function placeChart(
  source: SupersetSource,
  chart: Chart,
  { id, parents, chartId, height, whyHeight }: ChartPlace,
): { readonly first: string; readonly components: readonly Component[] } {
  const { width } = sizeOf(chart);
  const uuid = identityOf(source, "chart", chart.name);
  const [column, why] = [`COLUMN-${id}`, `MARKDOWN-${id}`];
  const inside = whyHeight === null ? parents : [...parents, column];
  const meta = { chartId, uuid, sliceName: chart.title, width, height };
  const placed: Component = { id: `CHART-${id}`, type: "CHART", parents: inside, children: [], meta };
  if (whyHeight === null) return { first: placed.id, components: [placed] };
  const text = { width, height: whyHeight, code: textBelow(chart) };
  return {
    first: column,
    components: [
      {
        id: column,
        type: "COLUMN",
        parents,
        children: [placed.id, why],
        meta: { width, background: "BACKGROUND_WHITE" },
      },
      placed,
      { id: why, type: "MARKDOWN", parents: inside, children: [], meta: text },
    ],
  };
}

function textBelow({ why, empty }: Chart): string {
  return empty === undefined ? why : `${why} *When there is nothing: ${empty}*`;
}

/** Steps of 8 pixels that the text takes: about 14 letters a column and line. */
function heightOfWhy(chart: Chart): number {
  const lines = Math.ceil(textBelow(chart).length / (sizeOf(chart).width * 13 - 6));
  return 4 + 3 * lines;
}

function fillRows(charts: readonly Chart[]): readonly (readonly Chart[])[] {
  const rows: Chart[][] = [];
  let used = columns;
  for (const chart of charts) {
    const { width } = sizeOf(chart);
    if (used + width > columns) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(chart);
    used += width;
  }
  return rows;
}

function sizeOf(chart: Chart): { readonly width: number; readonly height: number } {
  const usual = usualSize[chart.kind];
  return { width: chart.width ?? usual.width, height: chart.height ?? usual.height };
}
