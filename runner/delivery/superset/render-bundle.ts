import { strToU8, zipSync } from "fflate";
import { stringify } from "yaml";

import { dashboardRelation } from "../../compile/check-dashboards.ts";
import type { Chart, Dashboard } from "../../project/dashboard.ts";
import { chartFile } from "./chart-file.ts";
import { dashboardFile } from "./dashboard-file.ts";
import { datasetFile, findRelation } from "./dataset-file.ts";
import { type BundleFiles, identityOf, type SupersetSource } from "./superset-source.ts";

/** Where the database's description lies in the bundle: its password is sent under this name. */
export const databasePath = "databases/warehouse.yaml";

/** As Python reads it: YAML 1.1, in which texts such as `on` and dates need quotes. */
const yamlOfSuperset = { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false } as const;

/** Every file of Superset's bundle: one database, the datasets that charts show, the charts, the dashboards. */
export function renderBundle(source: SupersetSource): BundleFiles {
  const charts = source.dashboards.flatMap(chartsOf);
  const tables = source.dashboards.flatMap((dashboard) => [
    ...chartsOf(dashboard).map(({ table }) => table),
    ...dashboard.filters.map(({ table }) => table),
  ]);
  const relations = [...new Set(tables.map(dashboardRelation))].map((name) => findRelation(source, name));
  return {
    "metadata.yaml": { version: "1.0.0", timestamp: source.publishedAt },
    [databasePath]: databaseFile(source),
    ...Object.fromEntries([
      ...relations.map((relation) => [
        `datasets/warehouse/${relation.relation.replace(".", "_")}.yaml`,
        datasetFile(source, relation, charts),
      ]),
      ...charts.map((chart) => [`charts/${chart.name}.yaml`, chartFile(source, chart)]),
      ...source.dashboards.map((dashboard) => [`dashboards/${dashboard.name}.yaml`, dashboardFile(source, dashboard)]),
    ]),
  };
}

/** The bundle as the zip that Superset imports; the same files give the same bytes. */
export function zipBundle(files: BundleFiles): Uint8Array {
  const entries = Object.entries(files).map(([path, content]): [string, Uint8Array] => [
    `tonearm/${path}`,
    strToU8(stringify(content, yamlOfSuperset)),
  ]);
  return zipSync(Object.fromEntries(entries), { mtime: "2020-01-01T00:00:00" });
}

/** The charts that a dashboard defines. */
export function chartsOf({ tabs }: Dashboard): readonly Chart[] {
  return tabs.flatMap(({ charts }) => charts);
}

function databaseFile(source: SupersetSource): object {
  return {
    database_name: "Tonearm warehouse",
    sqlalchemy_uri: source.databaseUri,
    cache_timeout: null,
    expose_in_sqllab: true,
    allow_run_async: false,
    allow_ctas: false,
    allow_cvas: false,
    allow_dml: false,
    allow_csv_upload: false,
    extra: {},
    uuid: identityOf(source, "database", "warehouse"),
    version: "1.0.0",
  };
}
