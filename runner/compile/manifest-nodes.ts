import type { ColumnConfig, ModelFile, SeedFile, SourceTable } from "../project/project.ts";
import type { ManifestNode, ModelNode, SeedNode, SourceNode } from "./manifest.ts";
import { stripMarkers } from "./markers.ts";

/** A model with its rendered SQL, still with markers. */
export function modelNode(
  model: ModelFile,
  rendered: {
    readonly uniqueId: string;
    readonly dependsOn: readonly string[];
    readonly reads: readonly string[];
    readonly full: string;
    readonly incremental: string | null;
  },
): ModelNode {
  const full = stripMarkers(rendered.full);
  const incremental = rendered.incremental === null ? null : stripMarkers(rendered.incremental);
  return {
    resourceType: "model",
    uniqueId: rendered.uniqueId,
    name: model.name,
    relation: `${model.config.schema}.${model.name}`,
    path: model.path,
    description: model.description,
    columns: documentedColumns(model.columns),
    boundColumns: [],
    dependsOn: rendered.dependsOn,
    reads: rendered.reads,
    ...model.config,
    // Known once DuckDB has parsed the SQL.
    partitionedInputs: [],
    compiledCode: full.sql,
    sourceMap: full.map,
    incrementalCode: incremental?.sql ?? null,
    incrementalSourceMap: incremental?.map ?? null,
  };
}

/** A seed as the manifest has it. */
export function seedNode(project: string, seed: SeedFile): SeedNode {
  return {
    resourceType: "seed",
    uniqueId: `seed.${project}.${seed.name}`,
    name: seed.name,
    schema: "seeds",
    relation: `seeds.${seed.name}`,
    path: seed.path,
    description: seed.description,
    columns: documentedColumns(seed.columns),
    boundColumns: [],
    tags: [],
    critical: true,
    dependsOn: [],
    reads: [],
    sha256: seed.sha256,
  };
}

/** A source table as the manifest has it. */
export function sourceNode(project: string, source: SourceTable): SourceNode {
  return {
    resourceType: "source",
    uniqueId: `source.${project}.${source.schema}.${source.name}`,
    name: source.name,
    schema: source.schema,
    relation: `${source.schema}.${source.name}`,
    path: source.path,
    description: source.description,
    columns: documentedColumns(source.columns),
    boundColumns: [],
    tags: [],
    critical: true,
    dependsOn: [],
    reads: [],
  };
}

/** The unique id of a unit test: its name counts within its model. */
export function unitTestId(
  project: string,
  { model, name }: { readonly model: string; readonly name: string },
): string {
  return `unit_test.${project}.${model}.${name}`;
}

/** The unique id of a macro. */
export function macroId(project: string, name: string): string {
  return `macro.${project}.${name}`;
}

/** The unique id of a dashboard, which others call an exposure. */
export function exposureId(project: string, { name }: { readonly name: string }): string {
  return `exposure.${project}.${name}`;
}

function documentedColumns(columns: readonly ColumnConfig[]): ManifestNode["columns"] {
  return columns.map(({ name, description, dataType }) => ({ name, description, dataType }));
}
