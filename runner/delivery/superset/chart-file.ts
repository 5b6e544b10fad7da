import { dashboardRelation } from "../../compile/check-dashboards.ts";
import type { Chart } from "../../project/dashboard.ts";
import { renderKind } from "./chart-kinds.ts";
import type { Json, JsonObject } from "./chart-source.ts";
import { findRelation } from "./dataset-file.ts";
import { identityOf, type SupersetSource } from "./superset-source.ts";

/** A chart with what its page asks for, so that it can be asked without a page as well. */
export function chartFile(source: SupersetSource, chart: Chart): object {
  const { columns } = findRelation(source, chart.table);
  const { vizType, params, query } = renderKind(chart, new Map(columns.map((column) => [column.name, column])));
  const filters = filtersOf(chart);
  const form: JsonObject = {
    viz_type: vizType,
    ...params,
    adhoc_filters: filters.map(adhocFilter),
    extra_form_data: {},
  };
  const context = {
    datasource: { id: 1, type: "table" },
    force: false,
    queries: [{ ...emptyQuery, ...query, filters: filters.map(({ column: col, ...filter }) => ({ col, ...filter })) }],
    form_data: form,
    result_format: "json",
    result_type: "full",
  };
  return {
    slice_name: chart.title,
    description: chart.why,
    viz_type: vizType,
    params: form,
    query_context: JSON.stringify(context),
    cache_timeout: null,
    uuid: identityOf(source, "chart", chart.name),
    version: "1.0.0",
    dataset_uuid: identityOf(source, "dataset", dashboardRelation(chart.table)),
  };
}

const emptyQuery: JsonObject = {
  applied_time_extras: {},
  annotation_layers: [],
  url_params: {},
  custom_params: {},
  custom_form_data: {},
  series_limit: 0,
  order_desc: true,
  extras: { having: "", where: "" },
};

interface Filter {
  readonly column: string;
  readonly op: "TEMPORAL_RANGE" | "IN" | "==" | "IS NULL" | ">=" | "<=";
  readonly val?: Json;
}

/** A dashboard's time filter reaches only charts that have a filter on time of their own. */
function filtersOf({ date, where }: Chart): readonly Filter[] {
  const time: readonly Filter[] = date === undefined ? [] : [{ column: date, op: "TEMPORAL_RANGE", val: "No filter" }];
  const values = Object.entries(where).flatMap(([column, value]) => filterOn(column, value));
  return [...time, ...values];
}

function filterOn(column: string, value: Chart["where"][string]): readonly Filter[] {
  if (value === null) return [{ column, op: "IS NULL" }];
  if (Array.isArray(value)) return [{ column, op: "IN", val: value }];
  if (typeof value !== "object") return [{ column, op: "==", val: value }];
  return [
    ...(value.min === undefined ? [] : [{ column, op: ">=", val: value.min } as const]),
    ...(value.max === undefined ? [] : [{ column, op: "<=", val: value.max } as const]),
  ];
}

function adhocFilter({ column, op, val }: Filter): JsonObject {
  return {
    clause: "WHERE",
    expressionType: "SIMPLE",
    subject: column,
    operator: op,
    ...(val !== undefined && { comparator: val }),
  };
}
