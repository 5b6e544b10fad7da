import { dashboardRelation } from "../compile/check-dashboards.ts";
import type { Manifest, ManifestNode, ManifestTest, ManifestUnitTest } from "../compile/manifest.ts";
import { exposureId } from "../compile/manifest-nodes.ts";
import type { Dashboard } from "../project/dashboard.ts";

/** What can be selected; an exposure is a dashboard. */
export const resourceTypes = ["model", "seed", "source", "test", "unit_test", "exposure"] as const;
export type ResourceType = (typeof resourceTypes)[number];

/** All kinds of things a project has, seen alike by what selects among them. */
export interface Resource {
  readonly uniqueId: string;
  readonly resourceType: ResourceType;
  readonly name: string;
  readonly path: string;
  /** Project, folders, name; of a source project, schema, table. */
  readonly fqn: readonly string[];
  readonly tags: readonly string[];
  /** Its settings by the names they have in YAML. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Of a generic data test: which; null for anything else. */
  readonly testName: string | null;
  readonly dependsOn: readonly string[];
}

/** Nodes in the order they are built, then data tests, unit tests and dashboards. */
export function listResources(manifest: Manifest): readonly Resource[] {
  const { project, order, nodes, tests, unitTests, dashboards } = manifest;
  return [
    ...order.flatMap((uniqueId) => nodes[uniqueId] ?? []).map((node) => nodeResource(project, node)),
    ...tests.map((test) => testResource(project, test)),
    ...unitTests.map((test) => unitTestResource(project, test)),
    ...dashboards.map((dashboard) => exposure(manifest, dashboard)),
  ];
}

function nodeResource(project: string, node: ManifestNode): Resource {
  const { uniqueId, resourceType, name, path, tags, dependsOn, schema } = node;
  const fqn = resourceType === "source" ? [project, schema, name] : [project, ...foldersOf(path), name];
  return { uniqueId, resourceType, name, path, fqn, tags, config: nodeConfig(node), testName: null, dependsOn };
}

function nodeConfig(node: ManifestNode): Resource["config"] {
  const { schema, tags, critical } = node;
  const common = { schema, tags, critical };
  if (node.resourceType !== "model") return { ...common, materialized: node.resourceType };
  return {
    ...common,
    materialized: node.materialized,
    unique_key: node.uniqueKey,
    incremental_strategy: node.incrementalStrategy,
    on_schema_change: node.onSchemaChange,
    partition_by: node.partitionBy,
    training: node.training,
    scored_by: node.scoredBy,
  };
}

function testResource(project: string, { uniqueId, name, path, test, settings, dependsOn }: ManifestTest): Resource {
  return {
    uniqueId,
    resourceType: "test",
    name,
    path,
    fqn: [project, ...foldersOf(path), name],
    tags: [],
    config: {
      severity: settings.severity,
      where: settings.where,
      limit: settings.limit,
      store_failures: settings.storeFailures,
    },
    testName: test.kind === "singular" ? null : test.kind === "custom" ? test.name : test.kind,
    dependsOn,
  };
}

function unitTestResource(project: string, { uniqueId, name, path, model, dependsOn }: ManifestUnitTest): Resource {
  const fqn = [project, ...foldersOf(path), model, name];
  return { uniqueId, resourceType: "unit_test", name, path, fqn, tags: [], config: {}, testName: null, dependsOn };
}

function exposure({ project, nodes }: Manifest, dashboard: Dashboard): Resource {
  const relations = new Set(
    dashboard.tabs.flatMap(({ charts }) => charts.map(({ table }) => dashboardRelation(table))),
  );
  const { name } = dashboard;
  return {
    uniqueId: exposureId(project, dashboard),
    resourceType: "exposure",
    name,
    path: `dashboards/${name}.yml`,
    fqn: [project, name],
    tags: [],
    config: {},
    testName: null,
    dependsOn: Object.values(nodes).flatMap((node) => (relations.has(node.relation) ? [node.uniqueId] : [])),
  };
}

/** Folders below `models`, `seeds` or `tests/models`. */
function foldersOf(path: string): readonly string[] {
  const folders = path.split("/").slice(0, -1);
  return folders.slice(folders[0] === "tests" ? 2 : 1);
}
