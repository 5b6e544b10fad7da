import * as z from "zod";

import { measureSchema } from "./measure.ts";

const text = z.string().trim().min(1);
const column = z.string().regex(/^\w+$/, "write the name of one column");
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const measures = z.array(measureSchema).min(1);
/** One column, or several that are shown together in the order of the first. */
const axis = z.union([column.transform((name) => [name]), z.array(column).min(1)]);
const bounds = z.strictObject({ min: z.number().optional(), max: z.number().optional() });

/** The grains a line or a bar may gather its dates into. */
export const grains = ["day", "week", "month", "quarter", "year"] as const;

const common = {
  /** Its identity over all dashboards: with another name it is another chart. */
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, "a name of lower-case letters, digits and _"),
  title: text,
  /** Why one looks at it, and what it does not say. */
  why: text,
  /** A gold table by its name, or one of meta as meta.runs. */
  table: text,
  /** The date by which a time filter narrows the rows; without one the chart shows the whole life. */
  date: column.optional(),
  /** Rows with these values only; of a list, any; of min and max, what lies between. */
  where: z.record(z.string(), z.union([scalar, z.array(scalar).min(1), bounds])).default({}),
  /** What it means when there is nothing to show; without it, an empty chart is a fault. */
  empty: text.optional(),
  /** Of the 12 columns of a dashboard. */
  width: z.int().min(2).max(12).optional(),
  /** In steps of 8 pixels. */
  height: z.int().min(8).max(150).optional(),
};

/** What each kind of chart is asked for besides what all are. */
export const chartSchemas = {
  /** One number. */
  number: z.strictObject({ kind: z.literal("number"), ...common, measure: measureSchema, format: text.optional() }),
  /** Numbers over dates or over what else has an order. */
  line: z.strictObject({
    kind: z.literal("line"),
    ...common,
    x: axis,
    grain: z.enum(grains).optional(),
    y: measures,
    series: column.optional(),
    format: text.optional(),
  }),
  /** Numbers of few values of x, in their order, side by side or stacked. */
  bar: z.strictObject({
    kind: z.literal("bar"),
    ...common,
    x: axis,
    grain: z.enum(grains).optional(),
    y: measures,
    series: column.optional(),
    stacked: z.boolean().default(false),
    format: text.optional(),
  }),
  /** The largest on top. */
  ranking: z.strictObject({
    kind: z.literal("ranking"),
    ...common,
    x: column,
    y: measureSchema,
    limit: z.int().min(1).max(100).default(15),
    format: text.optional(),
  }),
  /** A number for each pair; with a range, colours part at its middle. */
  heatmap: z.strictObject({
    kind: z.literal("heatmap"),
    ...common,
    x: axis,
    y: axis,
    value: measureSchema,
    range: z.tuple([z.number(), z.number()]).optional(),
    format: text.optional(),
  }),
  /** A bubble for each label. */
  scatter: z.strictObject({
    kind: z.literal("scatter"),
    ...common,
    label: column,
    x: measureSchema,
    y: measureSchema,
    size: measureSchema,
    series: column.optional(),
    limit: z.int().min(1).max(1000).default(200),
    format: text.optional(),
  }),
  /** Rows as they are; `-column` sorts the largest first. */
  table: z.strictObject({
    kind: z.literal("table"),
    ...common,
    columns: z.array(column).min(1),
    order_by: z.array(z.string().regex(/^-?\w+$/, "write column or -column")).default([]),
    limit: z.int().min(1).max(10_000).default(1000),
  }),
};

export type ChartKind = keyof typeof chartSchemas;
export type Chart = z.infer<(typeof chartSchemas)[ChartKind]>;
export type ChartOf<Kind extends ChartKind> = Extract<Chart, { readonly kind: Kind }>;

/** A dashboard's file, its charts still unread: which keys they have is a matter of their kind. */
export const dashboardSchema = z.strictObject({
  title: text,
  description: text,
  /** Charts of any dashboard, by name, that stand above the tabs. */
  header: z.array(z.string()).default([]),
  filters: z.array(z.strictObject({ title: text, table: text, column })).default([]),
  tabs: z.array(z.strictObject({ title: text, charts: z.array(z.unknown()).min(1) })).min(1),
});

export interface DashboardFilter {
  readonly title: string;
  readonly table: string;
  readonly column: string;
}

/** One page of charts, as `dashboards/<name>.yml` defines it. */
export interface Dashboard {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly header: readonly string[];
  readonly filters: readonly DashboardFilter[];
  readonly tabs: readonly { readonly title: string; readonly charts: readonly Chart[] }[];
}
