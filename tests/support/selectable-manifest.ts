import type { Manifest, ManifestTest, ModelNode, SourceNode } from "../../runner/compile/manifest.ts";
import { testSettings } from "./test-settings.ts";
import type { Materialization } from "../../runner/project/project.ts";

/** What a selector can tell of a model. */
export interface SelectableModel {
  readonly path: string;
  readonly reads: readonly string[];
  readonly tags?: readonly string[];
  readonly materialized?: Materialization;
  readonly uniqueKey?: readonly string[];
}

/** A manifest of these models, in the order they are built; `schema.table` among what they read is a source. */
export function selectableManifest(project: string, models: Readonly<Record<string, SelectableModel>>): Manifest {
  const id = (name: string): string => (name.includes(".") ? `source.${project}.${name}` : `model.${project}.${name}`);
  const read = new Set(Object.values(models).flatMap(({ reads }) => reads));
  const sources = [...read].filter((name) => name.includes(".")).map((name) => sourceNode(id(name), name));
  const nodes = [
    ...sources,
    ...Object.entries(models).map(([name, model]) =>
      modelNode(id(name), { name, ...model, reads: model.reads.map(id) }),
    ),
  ];
  return {
    project,
    root: "",
    order: nodes.map(({ uniqueId }) => uniqueId),
    nodes: Object.fromEntries(nodes.map((node) => [node.uniqueId, node])),
    tests: [],
    unitTests: [],
    dashboards: [],
    selectors: [],
    macros: {},
    checksums: {},
  };
}

/** A not_null test over models; the first is the one below which it is declared. */
export function selectableTest(
  project: string,
  { name, of, kind = "not_null" }: { name: string; of: readonly string[]; kind?: "not_null" | "singular" },
): ManifestTest {
  const dependsOn = of.map((model) => `model.${project}.${model}`);
  return {
    uniqueId: `test.${project}.${name}`,
    name,
    test:
      kind === "not_null"
        ? { kind, column: "id" }
        : { kind, compiledCode: "select 1", sourceMap: { files: [], segments: [] } },
    relation: null,
    toRelation: null,
    settings: testSettings(),
    description: "",
    path: kind === "singular" ? `tests/models/${name}.sql` : "models/schema.yml",
    place: { line: 1, column: 1 },
    attachedNode: kind === "singular" ? null : (dependsOn[0] ?? null),
    dependsOn,
    reads: dependsOn,
    gate: dependsOn.at(-1) ?? "",
  };
}

function sourceNode(uniqueId: string, relation: string): SourceNode {
  const [schema = "", name = ""] = relation.split(".");
  return {
    resourceType: "source",
    uniqueId,
    name,
    schema,
    relation,
    path: "project.yml",
    description: "",
    columns: [],
    boundColumns: [],
    tags: [],
    critical: false,
    dependsOn: [],
    reads: [],
  };
}

function modelNode(uniqueId: string, model: SelectableModel & { readonly name: string }): ModelNode {
  const { name, path, reads, tags = [], materialized = "table", uniqueKey = [] } = model;
  const schema = path.split("/")[1] ?? "";
  return {
    resourceType: "model",
    uniqueId,
    name,
    schema,
    relation: `${schema}.${name}`,
    path,
    description: "",
    columns: [],
    boundColumns: [],
    tags,
    critical: false,
    dependsOn: reads,
    reads,
    materialized,
    uniqueKey,
    incrementalStrategy: "append",
    onSchemaChange: "fail",
    partitionBy: null,
    partitionedInputs: [],
    training: null,
    scoredBy: null,
    compiledCode: "select 1",
    sourceMap: { files: [], segments: [] },
    incrementalCode: null,
    incrementalSourceMap: null,
  };
}
