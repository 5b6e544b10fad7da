import type { ChartOf, grains } from "../../project/dashboard.ts";
import { axisName, type ChartTable, isTemporal, type JsonObject, type RenderedKind } from "./chart-source.ts";
import { type Metric, metricOf } from "./measure-sql.ts";

const durations: Readonly<Record<(typeof grains)[number], string>> = {
  day: "P1D",
  week: "P1W",
  month: "P1M",
  quarter: "P3M",
  year: "P1Y",
};

/** A line or bars over dates, or over the values of a column in their order. */
export function renderOverX(
  { x: axis, y, series, grain, format, ...chart }: ChartOf<"line" | "bar">,
  table: ChartTable,
): RenderedKind {
  const x = axisName(axis);
  const metrics = y.map(metricOf);
  const groupby = series === undefined ? [] : [series];
  const isTime = isTemporal(table, x);
  const timeGrain = isTime ? durations[grain ?? "day"] : null;
  const isSorted = !isTime && groupby.length === 0;
  const sort = isSorted ? [{ operation: "sort", options: { is_sort_index: true, ascending: true } }] : [];
  const time = { time_grain_sqla: timeGrain, x_axis_time_format: "%Y-%m", tooltipTimeFormat: "%Y-%m-%d" };
  const values = {
    xAxisForceCategorical: true,
    xAxisLabelInterval: "0",
    ...(isSorted && { x_axis_sort: x, x_axis_sort_asc: true }),
  };
  return {
    vizType: chart.kind === "line" ? "echarts_timeseries_line" : "echarts_timeseries_bar",
    params: {
      ...(isTime ? time : values),
      ...common({ x, metrics, groupby, format }),
      ...(chart.kind === "line" ? { markerEnabled: !isTime, truncateYAxis: true } : {}),
      ...(chart.kind === "bar" && chart.stacked ? { stack: "Stack" } : {}),
      show_legend: metrics.length + groupby.length > 1,
    },
    query: {
      ...pivoted({ x, metrics, groupby }, { timeGrain, sort }),
      ...(timeGrain !== null && { extras: { time_grain_sqla: timeGrain, having: "", where: "" } }),
      row_limit: 10_000,
    },
  };
}

/** Bars that lie, the largest on top. */
export function renderRanking({ x, y, limit, format }: ChartOf<"ranking">): RenderedKind {
  const metric = metricOf(y);
  const sort = [{ operation: "sort", options: { by: metric.label, ascending: true } }];
  return {
    vizType: "echarts_timeseries_bar",
    params: {
      ...common({ x, metrics: [metric], groupby: [], format }),
      x_axis_sort: metric.label,
      x_axis_sort_asc: true,
      orientation: "horizontal",
      show_legend: false,
      show_value: true,
      row_limit: limit,
    },
    query: { ...pivoted({ x, metrics: [metric], groupby: [] }, { timeGrain: null, sort }), row_limit: limit },
  };
}

interface Axes {
  readonly x: string;
  readonly metrics: readonly Metric[];
  readonly groupby: readonly string[];
}

function common({ x, metrics, groupby, format }: Axes & { readonly format: string | undefined }): JsonObject {
  return {
    x_axis: x,
    metrics: metrics.map(asJson),
    groupby,
    y_axis_format: format ?? "SMART_NUMBER",
    row_limit: 10_000,
    order_desc: true,
    truncate_metric: true,
    show_empty_columns: true,
    rich_tooltip: true,
  };
}

function pivoted(
  { x, metrics, groupby }: Axes,
  { timeGrain, sort }: { readonly timeGrain: string | null; readonly sort: readonly JsonObject[] },
): JsonObject {
  const aggregates = Object.fromEntries(metrics.map(({ label }) => [label, { operator: "mean" }]));
  const pivot = {
    operation: "pivot",
    options: { index: [x], columns: groupby, aggregates, drop_missing_columns: false },
  };
  return {
    columns: [axisColumn(x, timeGrain), ...groupby],
    metrics: metrics.map(asJson),
    orderby: metrics.slice(0, 1).map((metric) => [asJson(metric), false]),
    series_columns: groupby,
    time_offsets: [],
    post_processing: [pivot, ...sort, { operation: "flatten" }],
  };
}

/** A column as the x axis of a query. */
export function axisColumn(x: string, timeGrain: string | null = null): JsonObject {
  return {
    ...(timeGrain !== null && { timeGrain }),
    columnType: "BASE_AXIS",
    sqlExpression: x,
    label: x,
    expressionType: "SQL",
    isColumnReference: true,
  };
}

/** A metric as plain JSON. */
export function asJson(metric: Metric): JsonObject {
  return { ...metric };
}
