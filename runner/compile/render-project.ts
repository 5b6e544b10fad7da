import { baseName } from "../project/model-file.ts";
import type { ModelFile, Project, SingularTest } from "../project/project.ts";
import type { Dialect } from "./helpers.ts";
import type { ManifestNode, ManifestTest } from "./manifest.ts";
import { modelNode, seedNode, sourceNode } from "./manifest-nodes.ts";
import { stripMarkers } from "./markers.ts";
import type { ParsedProject } from "./parse-templates.ts";
import { type CompiledTemplate, compileTemplate, renderMarked } from "./render-template.ts";

export interface RenderedProject {
  readonly nodes: Readonly<Record<string, ManifestNode>>;
  readonly singularTests: readonly Omit<ManifestTest, "gate">[];
  /** A template below tests/generic with its parameters filled in, still with markers. */
  readonly renderGeneric: (path: string, values: Readonly<Record<string, unknown>>) => string;
}

interface RenderInput {
  readonly parsed: ParsedProject;
  readonly order: readonly string[];
  /** YYYY-MM-DD. */
  readonly runDate: string;
  readonly dialect: Dialect;
}

/** Renders every model and singular test, upstream first, so that ephemeral models stand inside what reads them. */
export function renderProject(project: Project, input: RenderInput): RenderedProject {
  const nodes: Record<string, ManifestNode> = {};
  for (const seed of project.seeds) put(nodes, seedNode(project.name, seed));
  for (const source of project.sources) put(nodes, sourceNode(project.name, source));
  const relations = new Map(
    Object.values(nodes).map((node) => [node.resourceType === "source" ? node.relation : node.name, node.relation]),
  );
  const renderer = createRenderer(project, input, relations);
  const models = new Map(project.models.map((model) => [`model.${project.name}.${model.name}`, model]));
  for (const uniqueId of input.order) {
    const model = models.get(uniqueId);
    if (model !== undefined) renderModel(model, { uniqueId, input, nodes, relations, renderer });
  }
  const singularTests = project.singularTests.map((test) => {
    const uniqueId = `test.${project.name}.${test.name}`;
    const dependsOn = input.parsed.dependsOn.get(uniqueId) ?? [];
    const reads = readsOf(dependsOn, nodes);
    return singularTest(test, { uniqueId, dependsOn, reads, marked: renderer(test.path, { thisRelation: test.name }) });
  });
  const renderGeneric: RenderedProject["renderGeneric"] = (path, values) =>
    renderer(path, { thisRelation: baseName(path), values });
  return { nodes, singularTests, renderGeneric };
}

interface Rendering {
  readonly thisRelation: string;
  readonly isIncremental?: boolean;
  /** The parameters of a generic test. */
  readonly values?: Readonly<Record<string, unknown>>;
}

type Renderer = (path: string, of: Rendering) => string;

function createRenderer(
  project: Project,
  { parsed, runDate, dialect }: RenderInput,
  relations: ReadonlyMap<string, string>,
): Renderer {
  const macros = Object.fromEntries([...parsed.macros].map(([name, template]) => [name, compileTemplate(template)]));
  const compiled = new Map<string, CompiledTemplate>();
  const relation = (name: string): string => relations.get(name) ?? name;
  return (path, { thisRelation, isIncremental = false, values = {} }) => {
    const parsedTemplate = parsed.templates.get(path);
    const template = compiled.get(path) ?? (parsedTemplate === undefined ? undefined : compileTemplate(parsedTemplate));
    if (template === undefined) return "";
    compiled.set(path, template);
    const context = { relation, vars: project.vars, runDate, thisRelation, isIncremental, dialect };
    return renderMarked(template, macros, { ...context, values });
  };
}

interface ModelRendering {
  readonly uniqueId: string;
  readonly input: RenderInput;
  readonly nodes: Record<string, ManifestNode>;
  readonly relations: Map<string, string>;
  readonly renderer: Renderer;
}

function renderModel(model: ModelFile, { uniqueId, input, nodes, relations, renderer }: ModelRendering): void {
  const { materialized, schema } = model.config;
  const dependsOn = input.parsed.dependsOn.get(uniqueId) ?? [];
  const thisRelation = `${schema}.${model.name}`;
  const full = renderer(model.path, { thisRelation });
  const isIncremental = materialized === "incremental" || materialized === "partitioned";
  const incremental = isIncremental ? renderer(model.path, { thisRelation, isIncremental }) : null;
  put(nodes, modelNode(model, { uniqueId, dependsOn, reads: readsOf(dependsOn, nodes), full, incremental }));
  relations.set(model.name, materialized === "ephemeral" ? `(${full})` : thisRelation);
}

function singularTest(
  { name, settings, description, path }: SingularTest,
  {
    marked,
    ...known
  }: {
    readonly uniqueId: string;
    readonly dependsOn: readonly string[];
    readonly reads: readonly string[];
    readonly marked: string;
  },
): Omit<ManifestTest, "gate"> {
  const { sql, map } = stripMarkers(marked);
  return {
    ...known,
    name,
    test: { kind: "singular", compiledCode: sql, sourceMap: map },
    relation: null,
    toRelation: null,
    settings,
    description,
    path,
    place: { line: 1, column: 1 },
    attachedNode: null,
  };
}

function put(nodes: Record<string, ManifestNode>, node: ManifestNode): void {
  nodes[node.uniqueId] = node;
}

function readsOf(dependsOn: readonly string[], nodes: Readonly<Record<string, ManifestNode>>): readonly string[] {
  const reads = dependsOn.flatMap((uniqueId) => {
    const node = nodes[uniqueId];
    return node?.resourceType === "model" && node.materialized === "ephemeral" ? node.reads : [uniqueId];
  });
  return [...new Set(reads)];
}
