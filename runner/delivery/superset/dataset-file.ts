import { dashboardRelation } from "../../compile/check-dashboards.ts";
import type { Chart } from "../../project/dashboard.ts";
import { humanName } from "../../project/measure.ts";
import { ProjectError } from "../../diagnostics.ts";
import { postgresType } from "../postgres-types.ts";
import type { DescribedRelation } from "../release-columns.ts";
import { targetName } from "../target-shape.ts";
import { axisName } from "./chart-source.ts";
import { identityOf, type SupersetSource } from "./superset-source.ts";

/** The relation of the release that a table of a dashboard stands for; an error names the one that is missing. */
export function findRelation({ relations }: SupersetSource, table: string): DescribedRelation {
  const name = dashboardRelation(table);
  const found = relations.find(({ relation }) => relation === name);
  if (found !== undefined) return found;
  const hint = "npm run build-models builds it; dashboards show what the current release holds.";
  throw new ProjectError([{ path: "dashboards", message: `show ${name}, which the release does not hold`, hint }], 1);
}

/** A dataset: a table of the export with its columns, described as the models describe them. */
export function datasetFile(
  source: SupersetSource,
  { relation, description, columns }: DescribedRelation,
  charts: readonly Chart[],
): object {
  const { schema, name } = targetName(relation, source.isDemo);
  const dated = charts.find(({ date, table }) => date !== undefined && dashboardRelation(table) === relation);
  const own = columns.map((column) => {
    const type = (postgresType(column)?.type ?? "text").toUpperCase();
    return datasetColumn(column.name, { type, label: humanName(column.name), about: column.description });
  });
  return {
    table_name: name,
    main_dttm_col: dated?.date ?? null,
    description,
    schema,
    cache_timeout: null,
    sql: null,
    params: null,
    template_params: null,
    filter_select_enabled: true,
    extra: null,
    uuid: identityOf(source, "dataset", relation),
    metrics: [{ metric_name: "row_count", expression: "COUNT(*)", verbose_name: "Rows" }],
    columns: [...own, ...joinedColumns(relation, charts)],
    version: "1.0.0",
    database_uuid: identityOf(source, "database", "warehouse"),
  };
}

/** Columns that show several as one, such as the day of the week with its name: sorted by the first. */
function joinedColumns(relation: string, charts: readonly Chart[]): readonly object[] {
  const axes = charts
    .filter(({ table }) => dashboardRelation(table) === relation)
    .flatMap(axesOf)
    .filter((axis) => axis.length > 1);
  const distinct = new Map(axes.map((axis) => [axisName(axis), axis]));
  return [...distinct].map(([name, axis]) => ({
    ...datasetColumn(name, { type: "TEXT", label: humanName(axis[0] ?? ""), about: axis.join(", ") }),
    expression: axis.map((column) => `CAST("${column}" AS VARCHAR)`).join(" || ' ' || "),
  }));
}

function axesOf(chart: Chart): readonly (readonly string[])[] {
  if (chart.kind === "heatmap") return [chart.x, chart.y];
  return chart.kind === "bar" || chart.kind === "line" ? [chart.x] : [];
}

function datasetColumn(
  name: string,
  { type, label, about }: { readonly type: string; readonly label: string; readonly about: string },
): object {
  return {
    column_name: name,
    verbose_name: label,
    is_dttm: /^(DATE|TIMESTAMP)/.test(type),
    is_active: true,
    type,
    groupby: true,
    filterable: true,
    expression: null,
    description: about,
  };
}
