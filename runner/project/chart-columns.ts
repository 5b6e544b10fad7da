import type { Chart, ChartKind, ChartOf } from "./dashboard.ts";
import type { Measure } from "./measure.ts";
import type { YamlPath } from "./yaml-document.ts";

/** A column that a chart names, and under which key of the chart. */
export interface ChartColumn {
  readonly column: string;
  readonly path: YamlPath;
}

const named = (key: string, column: string | undefined): readonly ChartColumn[] =>
  column === undefined ? [] : [{ column, path: [key] }];
const measured = (path: YamlPath, { columns }: Measure): readonly ChartColumn[] =>
  columns.map((column) => ({ column, path }));
const listed = (key: string, columns: readonly string[]): readonly ChartColumn[] =>
  columns.map((column, at) => ({ column: column.replace(/^-/, ""), path: [key, at] }));
const overX = ({ x, y, series }: ChartOf<"line" | "bar">): readonly ChartColumn[] => [
  ...listed("x", x),
  ...y.flatMap((measure, at) => measured(["y", at], measure)),
  ...named("series", series),
];

const ownColumns: { readonly [Kind in ChartKind]: (chart: ChartOf<Kind>) => readonly ChartColumn[] } = {
  number: ({ measure }) => measured(["measure"], measure),
  line: overX,
  bar: overX,
  ranking: ({ x, y }) => [...named("x", x), ...measured(["y"], y)],
  heatmap: ({ x, y, value }) => [...listed("x", x), ...listed("y", y), ...measured(["value"], value)],
  scatter: ({ label, x, y, size, series }) => [
    ...named("label", label),
    ...measured(["x"], x),
    ...measured(["y"], y),
    ...measured(["size"], size),
    ...named("series", series),
  ],
  table: ({ columns, order_by: order }) => [...listed("columns", columns), ...listed("order_by", order)],
};

/** Every column that a chart names, of its own kind and of what all kinds have. */
export function chartColumns(chart: Chart): readonly ChartColumn[] {
  return [...named("date", chart.date), ...Object.keys(chart.where).map(inWhere), ...columnsOfKind(chart)];
}

function inWhere(column: string): ChartColumn {
  return { column, path: ["where", column] };
}

function columnsOfKind<Kind extends ChartKind>(chart: ChartOf<Kind>): readonly ChartColumn[] {
  const columns: (chart: ChartOf<Kind>) => readonly ChartColumn[] = ownColumns[chart.kind];
  return columns(chart);
}
