import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";

import { strFromU8, unzipSync } from "fflate";
import { parse } from "yaml";
import * as z from "zod";

import { chartSchemas, type Dashboard } from "../../../runner/project/dashboard.ts";
import { parseDashboardFile } from "../../../runner/project/dashboard-file.ts";
import { uuidOf } from "../../../runner/delivery/superset/identity.ts";
import { chartsOf, renderBundle, zipBundle } from "../../../runner/delivery/superset/render-bundle.ts";
import type { SupersetSource } from "../../../runner/delivery/superset/superset-source.ts";

const text = `title: Days
description: Every day.
header: [until]
filters: [{ title: Mood, table: daily, column: mood }]
tabs:
  - title: Dated
    charts:
      - { name: plays, kind: line, title: Plays, why: To see., table: daily, date: date, x: date, grain: month, y: ["percentage(skips, plays) as Skipped, %"] }
  - title: Rest
    charts:
      - { name: until, kind: number, title: Until, why: How fresh., table: daily, measure: max(date) }
      - { name: rows, kind: table, title: Rows, why: All., table: daily, columns: [mood, plays], order_by: [-plays], where: { mood: [a, b], plays: { min: 2 } } }
`;

function read(path: string, content: string): Dashboard {
  const diagnostics: Parameters<typeof parseDashboardFile>[1] = [];
  const file = parseDashboardFile({ path, text: content }, diagnostics);
  assert.deepEqual(diagnostics, []);
  assert.ok(file);
  return file.dashboard;
}

const column = (name: string, type: string) => ({ name, type, description: `${name}.` });
const small: SupersetSource = {
  project: "small",
  dashboards: [read("dashboards/days.yml", text)],
  relations: [
    {
      relation: "gold.daily",
      description: "A row a day.",
      columns: [
        column("date", "DATE"),
        column("mood", "VARCHAR"),
        column("plays", "BIGINT"),
        column("skips", "BIGINT"),
      ],
    },
  ],
  databaseUri: "postgresql+psycopg2://superset_ro:XXXXXXXXXX@localhost:5432/spotify",
  isDemo: false,
  publishedAt: "2026-11-22T10:11:12.000Z",
};

const chartShape = z.object({
  uuid: z.string(),
  dataset_uuid: z.string(),
  query_context: z.string(),
  params: z.record(z.string(), z.unknown()),
});
const contextShape = z.object({ queries: z.tuple([z.record(z.string(), z.unknown())]), form_data: z.unknown() });
const dashboardShape = z.object({
  uuid: z.string(),
  slug: z.string(),
  dashboard_title: z.string(),
  position: z.record(z.string(), z.unknown()),
  metadata: z.object({
    refresh_frequency: z.number(),
    native_filter_configuration: z.array(
      z.object({
        filterType: z.string(),
        targets: z.array(z.unknown()),
        scope: z.object({ rootPath: z.array(z.string()) }),
      }),
    ),
  }),
});
const tabShape = z.object({ type: z.literal("TAB"), meta: z.object({ text: z.string() }) });

test("an identity is a UUIDv5 of its name, as Python's uuid.uuid5 makes it", () => {
  assert.equal(uuidOf("tonearm/life/chart/mood_trend"), "a8f2b049-a21b-5818-9dce-85cc14061823");
  assert.equal(uuidOf("small/life/chart/plays"), "9436562c-e14a-5dce-b619-95717b1ef06c");
});

test("a bundle is one folder of YAML that Superset's reader takes as it was written", () => {
  const entries = unzipSync(zipBundle(renderBundle(small)));
  assert.deepEqual(Object.keys(entries).toSorted(), [
    "tonearm/charts/plays.yaml",
    "tonearm/charts/rows.yaml",
    "tonearm/charts/until.yaml",
    "tonearm/dashboards/days.yaml",
    "tonearm/databases/warehouse.yaml",
    "tonearm/datasets/warehouse/gold_daily.yaml",
    "tonearm/metadata.yaml",
  ]);
  const files = renderBundle(small);
  for (const [path, bytes] of Object.entries(entries)) {
    // Python's YAML is version 1.1.
    assert.deepEqual(
      parse(strFromU8(bytes), { version: "1.1" }),
      JSON.parse(JSON.stringify(files[path.replace("tonearm/", "")])),
    );
  }
  assert.deepEqual(zipBundle(renderBundle(small)), zipBundle(renderBundle(small)));
});

test("a chart over dates asks for what its page asks for", () => {
  const chart = chartShape.parse(renderBundle(small)["charts/plays.yaml"]);
  const metric = {
    expressionType: "SQL",
    sqlExpression: '100.0 * SUM("skips") / NULLIF(SUM("plays"), 0)',
    label: "Skipped, %",
    optionName: "metric_percentage_skips_plays",
    hasCustomLabel: true,
  };
  const { queries, form_data: form } = contextShape.parse(JSON.parse(chart.query_context));
  assert.deepEqual(form, chart.params);
  assert.deepEqual(queries[0], {
    filters: [{ col: "date", op: "TEMPORAL_RANGE", val: "No filter" }],
    extras: { time_grain_sqla: "P1M", having: "", where: "" },
    applied_time_extras: {},
    columns: [
      {
        timeGrain: "P1M",
        columnType: "BASE_AXIS",
        sqlExpression: "date",
        label: "date",
        expressionType: "SQL",
        isColumnReference: true,
      },
    ],
    metrics: [metric],
    orderby: [[metric, false]],
    annotation_layers: [],
    row_limit: 10_000,
    series_columns: [],
    series_limit: 0,
    order_desc: true,
    url_params: {},
    custom_params: {},
    custom_form_data: {},
    time_offsets: [],
    post_processing: [
      {
        operation: "pivot",
        options: {
          index: ["date"],
          columns: [],
          aggregates: { "Skipped, %": { operator: "mean" } },
          drop_missing_columns: false,
        },
      },
      { operation: "flatten" },
    ],
  });
});

test("conditions become filters of the query and of the page", () => {
  const chart = chartShape.parse(renderBundle(small)["charts/rows.yaml"]);
  const [query] = contextShape.parse(JSON.parse(chart.query_context)).queries;
  assert.deepEqual(query["filters"], [
    { col: "mood", op: "IN", val: ["a", "b"] },
    { col: "plays", op: ">=", val: 2 },
  ]);
  assert.deepEqual(query["orderby"], [["plays", false]]);
  assert.deepEqual(chart.params["adhoc_filters"], [
    { clause: "WHERE", expressionType: "SIMPLE", subject: "mood", operator: "IN", comparator: ["a", "b"] },
    { clause: "WHERE", expressionType: "SIMPLE", subject: "plays", operator: ">=", comparator: 2 },
  ]);
});

test("a time filter stands only on tabs whose charts all have a date; the others say whole life", () => {
  const { position, metadata } = dashboardShape.parse(renderBundle(small)["dashboards/days.yaml"]);
  assert.equal(metadata.refresh_frequency, 300);
  const times = metadata.native_filter_configuration.filter(({ filterType }) => filterType === "filter_time");
  assert.deepEqual(
    times.map(({ scope }) => scope.rootPath),
    [["TAB-1"]],
  );
  const tabs = Object.values(position).flatMap((component) => tabShape.safeParse(component).data?.meta.text ?? []);
  assert.deepEqual(tabs, ["Dated", "Rest (whole life)"]);
});

test("made-up data has identities, titles, addresses and a schema of its own, and says so", () => {
  const demo = renderBundle({ ...small, isDemo: true });
  const real = renderBundle(small);
  const [theirs, ours] = [demo, real].map((files) => dashboardShape.parse(files["dashboards/days.yaml"]));
  assert.equal(theirs?.dashboard_title, "Demo: Days");
  assert.equal(ours?.dashboard_title, "Days");
  assert.equal(theirs?.slug, "small-demo-days");
  assert.match(JSON.stringify(theirs?.position), /Demo data: /);
  const identity = /"uuid":"([^"]+)"/g;
  const identities = (files: object) =>
    [...JSON.stringify({ ...files, "databases/warehouse.yaml": null }).matchAll(identity)].map((match) => match[1]);
  assert.deepEqual(
    identities(demo).filter((uuid) => identities(real).includes(uuid)),
    [],
  );
  assert.match(JSON.stringify(demo["datasets/warehouse/gold_daily.yaml"]), /"schema":"demo"/);
  assert.match(JSON.stringify(real["datasets/warehouse/gold_daily.yaml"]), /"schema":"gold"/);
});

/** The 22 tables that dashboards have always stood on. */
const required =
  "listening_patterns_by_time top_tracks_by_mood audio_feature_distributions temporal_trends feature_source_coverage mood_time_correlations feature_correlations weekend_vs_weekday mood_shift_patterns part_of_day_drivers mood_predictions energy_forecasts mood_classifications model_performance_metrics mood_improvement_recommendations optimal_listening_times personalized_playlist_suggestions mood_intervention_triggers mood_state_clusters listening_anomalies sequential_patterns behavioral_segments".split(
    " ",
  );

test("the project's dashboards use every required table, and each begins with how fresh and how covered it is", async () => {
  const folder = resolve(import.meta.dirname, "../../../dashboards");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".yml"));
  const dashboards = await Promise.all(
    files.map(async (name) => read(`dashboards/${name}`, await readFile(join(folder, name), "utf8"))),
  );
  assert.equal(dashboards.length, 6);
  const used = new Set(dashboards.flatMap(chartsOf).map(({ table }) => table));
  assert.deepEqual(
    required.filter((table) => !used.has(table)),
    [],
  );
  for (const { header } of dashboards) assert.deepEqual(header, ["data_until", "last_run", "features_known"]);
  const kinds = new Set<string>(dashboards.flatMap(chartsOf).map(({ kind }) => kind));
  assert.deepEqual(
    Object.keys(chartSchemas).filter((kind) => !kinds.has(kind)),
    [],
  );
});
