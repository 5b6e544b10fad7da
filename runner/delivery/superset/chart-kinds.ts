import type { Chart, ChartKind, ChartOf } from "../../project/dashboard.ts";
import { type ChartTable, isTemporal, axisName, type JsonObject, type RenderedKind } from "./chart-source.ts";
import { metricOf } from "./measure-sql.ts";
import { asJson, axisColumn, renderOverX, renderRanking } from "./over-x.ts";

/** Columns of 12 and steps of 8 pixels that a chart takes unless its definition says otherwise. */
export const usualSize = {
  number: { width: 4, height: 16 },
  line: { width: 6, height: 40 },
  bar: { width: 6, height: 40 },
  ranking: { width: 6, height: 50 },
  heatmap: { width: 6, height: 46 },
  scatter: { width: 6, height: 50 },
  table: { width: 6, height: 40 },
} as const satisfies Record<ChartKind, { width: number; height: number }>;

/** How Superset shows each kind, and what its page would ask for (`query_context`). */
const kinds: { readonly [Kind in ChartKind]: (chart: ChartOf<Kind>, table: ChartTable) => RenderedKind } = {
  number: ({ measure, format }) => {
    const metric = asJson(metricOf(measure));
    const isDate = format?.startsWith("%") === true;
    return {
      vizType: "big_number_total",
      params: {
        metric,
        header_font_size: 0.4,
        ...(isDate
          ? { time_format: format, force_timestamp_formatting: true }
          : { y_axis_format: format ?? "SMART_NUMBER" }),
      },
      query: { columns: [], metrics: [metric] },
    };
  },
  line: renderOverX,
  bar: renderOverX,
  ranking: renderRanking,
  heatmap: ({ x, y, value, range, format }) => {
    const metric = metricOf(value);
    const [xAxis, yAxis] = [axisName(x), axisName(y)];
    return {
      vizType: "heatmap_v2",
      params: {
        x_axis: xAxis,
        groupby: yAxis,
        metric: asJson(metric),
        sort_x_axis: "alpha_asc",
        sort_y_axis: "alpha_desc",
        normalize_across: "heatmap",
        legend_type: "continuous",
        linear_color_scheme: range === undefined ? "superset_seq_1" : "schemeRdYlBu",
        xscale_interval: 1,
        yscale_interval: 1,
        left_margin: "auto",
        bottom_margin: 50,
        value_bounds: range ?? [null, null],
        y_axis_format: format ?? "SMART_NUMBER",
        show_values: false,
        show_percentage: false,
        show_legend: true,
        row_limit: 10_000,
      },
      query: {
        columns: [axisColumn(xAxis), yAxis],
        metrics: [asJson(metric)],
        orderby: [
          [xAxis, true],
          [yAxis, false],
        ],
        post_processing: [{ operation: "rank", options: { metric: metric.label } }],
        row_limit: 10_000,
      },
    };
  },
  scatter: ({ label, x, y, size, series, limit, format }) => {
    const [xMetric, yMetric, sizeMetric] = [x, y, size].map((measure) => asJson(metricOf(measure)));
    const metrics = [xMetric, yMetric, sizeMetric].flatMap((metric) => metric ?? []);
    return {
      vizType: "bubble_v2",
      params: {
        entity: label,
        ...(series !== undefined && { series }),
        x: metrics[0] ?? null,
        y: metrics[1] ?? null,
        size: metrics[2] ?? null,
        max_bubble_size: "25",
        x_axis_label: x.label,
        y_axis_label: y.label,
        x_axis_title_margin: 30,
        y_axis_title_margin: 30,
        xAxisFormat: format ?? "SMART_NUMBER",
        y_axis_format: format ?? "SMART_NUMBER",
        row_limit: limit,
      },
      query: { columns: [label, ...(series === undefined ? [] : [series])], metrics, row_limit: limit },
    };
  },
  table: ({ columns, order_by: order, limit }, table) => {
    const sorting = order.map((column) => [column.replace(/^-/, ""), !column.startsWith("-")] as const);
    return {
      vizType: "table",
      params: {
        query_mode: "raw",
        all_columns: columns,
        order_by_cols: sorting.map((pair) => JSON.stringify(pair)),
        row_limit: limit,
        page_length: 0,
        table_timestamp_format: "%Y-%m-%d",
        column_config: Object.fromEntries(columns.map((column) => [column, columnConfig(column, table)])),
      },
      query: { columns, orderby: sorting, post_processing: [], time_offsets: [], row_limit: limit },
    };
  },
};

/** What Superset is told of a chart's kind. */
export function renderKind(chart: Chart, table: ChartTable): RenderedKind {
  return renderOf(chart, table);
}

function renderOf<Kind extends ChartKind>(chart: ChartOf<Kind>, table: ChartTable): RenderedKind {
  const render: (chart: ChartOf<Kind>, table: ChartTable) => RenderedKind = kinds[chart.kind];
  return render(chart, table);
}

function numberFormat(column: string): string {
  if (/percentage|share|tempo/.test(column)) return ",.1f";
  return /minutes/.test(column) ? ",.0f" : ",.2f";
}

/** Years and versions are names, not amounts; times need their clock, dates none. */
function columnConfig(column: string, table: ChartTable): JsonObject {
  const type = table.get(column)?.type ?? "";
  if (isTemporal(table, column)) {
    return { d3TimeFormat: type === "DATE" ? "%Y-%m-%d" : "%Y-%m-%d %H:%M", horizontalAlign: "left" };
  }
  if (/^(DOUBLE|FLOAT|DECIMAL)/.test(type)) {
    return { d3NumberFormat: numberFormat(column), showCellBars: false };
  }
  if (!/INT/.test(type)) return {};
  const isName = /year|version|(^|_)hour|week|rank|position/.test(column);
  return { d3NumberFormat: isName ? "d" : ",d", showCellBars: false };
}
