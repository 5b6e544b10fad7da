import { dashboardRelation } from "../../compile/check-dashboards.ts";
import type { Chart, Dashboard } from "../../project/dashboard.ts";
import { positionOf, tabId } from "./dashboard-position.ts";
import { identityOf, slugOf, type SupersetSource, titleOf } from "./superset-source.ts";

/** Seconds after which an open dashboard asks again. */
const refreshSeconds = 300;

/** A dashboard: where its charts stand, its filters, and that it refreshes itself. */
export function dashboardFile(source: SupersetSource, dashboard: Dashboard): object {
  return {
    dashboard_title: titleOf(source, dashboard.title),
    description: dashboard.description,
    css: "",
    slug: slugOf(source, dashboard),
    certified_by: "",
    certification_details: "",
    published: true,
    uuid: identityOf(source, "dashboard", dashboard.name),
    position: positionOf(source, dashboard),
    metadata: {
      color_scheme: "supersetColors",
      refresh_frequency: refreshSeconds,
      timed_refresh_immune_slices: [],
      expanded_slices: {},
      label_colors: {},
      cross_filters_enabled: true,
      native_filter_configuration: [...timeFilters(dashboard), ...selectFilters(source, dashboard)],
    },
    version: "1.0.0",
  };
}

/** One for each tab whose charts all carry a date: elsewhere it would leave some charts as they are, unseen. */
function timeFilters({ tabs }: Dashboard): readonly object[] {
  return tabs.flatMap(({ charts }, at) => {
    if (!isDated(charts)) return [];
    return [
      {
        ...filterBase(`time-${at + 1}`, "Time range"),
        filterType: "filter_time",
        targets: [{}],
        controlValues: { enableEmptyFilter: false },
        scope: { rootPath: [tabId(at)], excluded: [] },
      },
    ];
  });
}

/** Whether every chart has a date that a time filter can narrow. */
export function isDated(charts: readonly Chart[]): boolean {
  return charts.every(({ date }) => date !== undefined);
}

function selectFilters(source: SupersetSource, { filters }: Dashboard): readonly object[] {
  return filters.map(({ title, table, column }) => ({
    ...filterBase(`${table}-${column}`, title),
    filterType: "filter_select",
    targets: [{ datasetUuid: identityOf(source, "dataset", dashboardRelation(table)), column: { name: column } }],
    controlValues: {
      multiSelect: true,
      enableEmptyFilter: false,
      defaultToFirstItem: false,
      searchAllOptions: false,
      inverseSelection: false,
    },
    scope: { rootPath: ["ROOT_ID"], excluded: [] },
  }));
}

function filterBase(id: string, name: string): object {
  return {
    id: `NATIVE_FILTER-${id}`,
    type: "NATIVE_FILTER",
    name,
    defaultDataMask: { extraFormData: {}, filterState: {}, ownState: {} },
    cascadeParentIds: [],
    description: "",
  };
}
