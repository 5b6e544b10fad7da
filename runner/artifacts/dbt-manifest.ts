import type { Manifest, ManifestNode, ManifestTest, ManifestUnitTest } from "../compile/manifest.ts";
import { macroId } from "../compile/manifest-nodes.ts";
import { createDag } from "../graph/dag.ts";
import { listResources, type Resource } from "../graph/resources.ts";
import type { Project, Threshold, UnitTestRows } from "../project/project.ts";
import { type Invocation, metadata, relationName } from "./dbt-metadata.ts";

/** What dbt has and a project here has not. */
const withoutCounterpart = {
  docs: {},
  metrics: {},
  groups: {},
  disabled: {},
  group_map: {},
  saved_queries: {},
  semantic_models: {},
};

/** The project as dbt's manifest of version 12 has it, for tools that read dbt's artifacts. */
export function renderDbtManifest(project: Project, manifest: Manifest, invocation: Invocation): object {
  const resources = listResources(manifest);
  const { upstream, downstream } = createDag(resources);
  const macrosOf = macroIds(manifest);
  const common = new Map(
    resources.map((resource) => [resource.uniqueId, commonKeys(project.name, resource, macrosOf(resource.uniqueId))]),
  );
  const keyed = <T extends { readonly uniqueId: string }>(items: readonly T[], render: (item: T) => object): object =>
    Object.fromEntries(items.map((item) => [item.uniqueId, { ...common.get(item.uniqueId), ...render(item) }]));
  const nodes = Object.values(manifest.nodes);
  const raw = new Map(project.models.map(({ path, text, sqlOffset }) => [path, text.slice(sqlOffset).trim()]));
  const checksums = (uniqueId: string): object => ({
    name: "sha256",
    checksum: manifest.checksums[uniqueId]?.body ?? "",
  });
  return {
    metadata: { ...metadata("manifest", 12, invocation), project_name: project.name, adapter_type: "duckdb" },
    nodes: {
      ...keyed(
        nodes.filter(({ resourceType }) => resourceType !== "source"),
        (node) => ({ ...nodeKeys(node, raw.get(node.path)), checksum: checksums(node.uniqueId) }),
      ),
      ...keyed(manifest.tests, (test) => ({ ...testKeys(test), checksum: checksums(test.uniqueId) })),
    },
    sources: keyed(
      nodes.filter(({ resourceType }) => resourceType === "source"),
      sourceKeys,
    ),
    macros: Object.fromEntries(macroFiles(project).map((macro) => macroEntry(project.name, macro, macrosOf))),
    exposures: keyed(resources.filter(isExposure), (exposure) => exposureKeys(project, exposure)),
    unit_tests: keyed(manifest.unitTests, (test) => unitTestKeys(project, test)),
    parent_map: Object.fromEntries(upstream),
    child_map: Object.fromEntries(downstream),
    selectors: Object.fromEntries(manifest.selectors.map((selector) => [selector.name, selector])),
    ...withoutCounterpart,
  };
}

function commonKeys(
  project: string,
  { uniqueId, name, resourceType, path, fqn, dependsOn }: Resource,
  macros: readonly string[],
): object {
  const depends =
    resourceType === "source" || resourceType === "seed" ? {} : { depends_on: { macros, nodes: dependsOn } };
  return {
    unique_id: uniqueId,
    name,
    resource_type: resourceType,
    package_name: project,
    path: path.split("/").slice(1).join("/") || path,
    original_file_path: path,
    fqn,
    ...(resourceType === "seed" ? { depends_on: { macros: [] } } : depends),
  };
}

function nodeKeys(node: ManifestNode, rawCode: string | undefined): object {
  const { name, schema, relation, tags, description } = node;
  const model =
    node.resourceType === "model"
      ? {
          materialized: node.materialized,
          incremental_strategy: node.incrementalStrategy,
          unique_key: node.uniqueKey,
          on_schema_change: node.onSchemaChange,
          meta: { critical: node.critical, partition_by: node.partitionBy, scored_by: node.scoredBy },
        }
      : { materialized: "seed" };
  const code =
    node.resourceType === "model"
      ? {
          raw_code: rawCode ?? "",
          compiled: true,
          compiled_code: node.compiledCode,
          compiled_path: `target/compiled/${node.path}`,
          language: "sql",
        }
      : {};
  const config = { enabled: true, schema, tags, ...model };
  return {
    schema,
    alias: name,
    config,
    tags,
    description,
    columns: columnKeys(node),
    relation_name: relationName(relation),
    ...code,
  };
}

/** Described columns first of all: dbt's manifest has those, its catalog has all. */
function columnKeys({ columns }: ManifestNode): object {
  return Object.fromEntries(
    columns.map(({ name, description, dataType }) => [
      name,
      { name, description, data_type: dataType, meta: {}, tags: [] },
    ]),
  );
}

function testKeys({ name, test, settings, description, attachedNode }: ManifestTest): object {
  const { severity, where, limit, storeFailures } = settings;
  const config = {
    enabled: true,
    severity,
    where,
    limit,
    store_failures: storeFailures,
    fail_calc: "count(*)",
    warn_if: thresholdText(settings.warnIf),
    error_if: thresholdText(settings.errorIf),
  };
  const column = "column" in test ? test.column : null;
  const { kind, ...given } = test;
  const kwargs = "args" in given ? { ...given.args, column_name: column } : given;
  const generic = {
    column_name: column,
    attached_node: attachedNode,
    test_metadata: { name: kind === "custom" && "name" in given ? given.name : kind, kwargs },
  };
  const code = "compiledCode" in test ? { compiled: true, compiled_code: test.compiledCode } : {};
  return { schema: "", alias: name, config, description, ...code, ...(kind === "singular" ? {} : generic) };
}

function thresholdText(threshold: Threshold | null): string {
  return threshold === null ? "!= 0" : `${threshold.operator} ${threshold.count}`;
}

function sourceKeys(node: ManifestNode): object {
  const { name, schema, relation, description, tags } = node;
  const source = { source_name: schema, source_description: "", loader: "", identifier: name };
  return { schema, ...source, description, columns: columnKeys(node), tags, relation_name: relationName(relation) };
}

/** Of a custom data test also the template, which dbt has as the macro `test_<name>`. */
function macroIds({ project, macros, tests }: Manifest): (uniqueId: string) => readonly string[] {
  const templates = new Map(
    tests.flatMap(({ uniqueId, test }) => (test.kind === "custom" ? [[uniqueId, `test_${test.name}`] as const] : [])),
  );
  return (uniqueId) =>
    [templates.get(uniqueId) ?? [], macros[uniqueId] ?? []].flat().map((name) => macroId(project, name));
}

type MacroFile = Pick<Project["macros"][number], "name" | "path" | "text">;

function macroFiles({ macros, genericTests }: Project): readonly MacroFile[] {
  return [...macros, ...genericTests.map((test) => ({ ...test, name: `test_${test.name}` }))];
}

function macroEntry(
  project: string,
  { name, path, text }: MacroFile,
  macrosOf: (uniqueId: string) => readonly string[],
): [string, object] {
  const uniqueId = macroId(project, name);
  const place = { path, original_file_path: path, unique_id: uniqueId, depends_on: { macros: macrosOf(uniqueId) } };
  return [uniqueId, { name, resource_type: "macro", package_name: project, ...place, macro_sql: text }];
}

function isExposure({ resourceType }: Resource): boolean {
  return resourceType === "exposure";
}

function exposureKeys(project: Project, { name }: Resource): object {
  const dashboard = project.dashboards.find((file) => file.dashboard.name === name)?.dashboard;
  return { type: "dashboard", owner: {}, label: dashboard?.title ?? "", description: dashboard?.description ?? "" };
}

function unitTestKeys(project: Project, { name, model }: ManifestUnitTest): object {
  const test = project.unitTests.find((one) => one.name === name && one.model === model);
  const rows = (given: UnitTestRows): object =>
    given.format === "sql" ? { rows: given.sql, format: "sql" } : { rows: given.records, format: given.format };
  return {
    model: test?.model ?? "",
    description: test?.description ?? "",
    given: (test?.given ?? []).map(({ input, rows: of }) => ({ input, ...rows(of) })),
    expect: test === undefined ? { rows: [] } : rows(test.expect),
  };
}
