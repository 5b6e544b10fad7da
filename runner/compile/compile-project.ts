import { type Diagnostic, locate } from "../diagnostics.ts";
import type { Project, UnitTest } from "../project/project.ts";
import { projectTexts } from "../project/project-texts.ts";
import type { Binder, Binding } from "./binder.ts";
import { checkBinding } from "./check-binding.ts";
import { checkSql, type CompiledSql } from "./check-sql.ts";
import { checkDashboards } from "./check-dashboards.ts";
import { checkScoredBy } from "./check-scored-by.ts";
import { checksumsOf } from "./checksums.ts";
import { compileTests, type TestedNode } from "./compile-tests.ts";
import type { Manifest, ManifestNode, ManifestTest, ManifestUnitTest, ModelNode } from "./manifest.ts";
import { unitTestId } from "./manifest-nodes.ts";
import { changedPartitionsTable, type Dialect } from "./helpers.ts";
import { indexNames } from "./name-index.ts";
import { parseTemplates, type ParsedProject } from "./parse-templates.ts";
import { checkPartitioned, partitionedInputs } from "./partitioned-inputs.ts";
import { renderProject, type RenderedProject } from "./render-project.ts";
import { sortNodes } from "./sort-nodes.ts";
import type { SqlParser } from "./sql-reads.ts";
import { throwDiagnostics } from "./throw-diagnostics.ts";

/** DuckDB, as far as compiling needs it; without a binder the nodes' columns stay unknown. */
export interface CompileEffects {
  readonly parser: SqlParser;
  readonly binder?: Binder;
}

/** Resolves, orders, renders and checks a project; throws one ProjectError with all it found. `runDate`: YYYY-MM-DD. */
export async function compileProject(project: Project, runDate: string, effects: CompileEffects): Promise<Manifest> {
  const diagnostics: Diagnostic[] = [];
  const index = indexNames(project, diagnostics);
  const parsed = parseTemplates(project, index, diagnostics);
  diagnostics.push(...checkScoredBy(project));
  throwDiagnostics(diagnostics, project);
  const order = sortProject(project, parsed);
  const rendered = renderProject(project, { parsed, order, runDate, dialect: "duckdb" });
  const tested = testedNodes(project, rendered.nodes);
  const from = (uniqueId: string): string => fromClause(rendered.nodes[uniqueId]);
  const gate = (reads: readonly string[]): string => order.findLast((uniqueId) => reads.includes(uniqueId)) ?? "";
  const readText = projectTexts(project);
  const context = { ...parsed, ...rendered, refs: index.refs, from, gate, diagnostics, readText };
  const tests = [
    ...compileTests(tested, context),
    ...rendered.singularTests.map((test) => ({ ...test, gate: gate(test.reads) })),
  ];
  const dashboards = project.dashboards.map(({ dashboard }) => dashboard);
  const unitTests = project.unitTests.map(unitTest(project.name));
  const known = { nodes: rendered.nodes, tests, unitTests, dashboards, macros: macroCalls(tests, parsed) };
  const { name, root, selectors } = project;
  const whole = { ...known, project: name, root, selectors, order };
  const manifest = { ...whole, checksums: checksumsOf(project, known) };
  // Both are DuckDB's work, in threads of its own.
  const [checked, binding] = await Promise.all([
    checkAllSql(project, { rendered, tests }, effects.parser),
    effects.binder?.bind(manifest) ?? null,
  ]);
  diagnostics.push(...checked.diagnostics, ...checkDashboards(project, Object.values(rendered.nodes)));
  if (binding !== null) diagnostics.push(...checkBinding(binding, { tested, tests, wrong: checked.wrong }));
  throwDiagnostics(diagnostics, project);
  return { ...manifest, nodes: binding === null ? checked.nodes : bindNodes(checked.nodes, binding) };
}

function bindNodes(nodes: Manifest["nodes"], { columns }: Binding): Manifest["nodes"] {
  const bound = Object.entries(nodes).map(([uniqueId, node]): [string, ManifestNode] => [
    uniqueId,
    { ...node, boundColumns: columns.get(uniqueId) ?? [] },
  ]);
  return Object.fromEntries(bound);
}

function macroCalls(tests: readonly ManifestTest[], { macrosOf, generic }: ParsedProject): Manifest["macros"] {
  const custom = tests.flatMap(({ uniqueId, test }): [string, readonly string[]][] =>
    test.kind === "custom" ? [[uniqueId, generic.get(test.name)?.macros ?? []]] : [],
  );
  return Object.fromEntries([...macrosOf, ...custom].filter(([, names]) => names.length > 0));
}

function unitTest(project: string): (test: UnitTest) => ManifestUnitTest {
  return ({ name, model, description, path, place }) => ({
    uniqueId: unitTestId(project, { model, name }),
    name,
    model,
    description,
    path,
    place,
    dependsOn: [`model.${project}.${model}`],
  });
}

/** The models of a sound project as another engine is to run them; `runDate`: YYYY-MM-DD. */
export function renderDialect(project: Project, runDate: string, dialect: Dialect): readonly ModelNode[] {
  const diagnostics: Diagnostic[] = [];
  const parsed = parseTemplates(project, indexNames(project, diagnostics), diagnostics);
  throwDiagnostics(diagnostics, project);
  const { nodes } = renderProject(project, { parsed, order: sortProject(project, parsed), runDate, dialect });
  return Object.values(nodes).filter((node): node is ModelNode => node.resourceType === "model");
}

function sortProject(project: Project, parsed: ParsedProject): readonly string[] {
  const { order, cycle } = sortNodes(parsed.uniqueIds, (uniqueId) => parsed.dependsOn.get(uniqueId) ?? []);
  throwDiagnostics(cycle === null ? [] : [describeCycle(cycle, project, parsed)], project);
  return order;
}

function describeCycle(cycle: readonly string[], project: Project, parsed: ParsedProject): Diagnostic {
  const names = cycle.map((uniqueId) => uniqueId.split(".").at(-1) ?? uniqueId);
  const model = project.models.find(({ name }) => name === names[0]);
  const path = model?.path ?? "models";
  // Without a mention of its own the model reads the next one by a macro.
  const mention = parsed.uses.get(path)?.refs.find(({ name }) => name === names[1]);
  const place = model === undefined || mention === undefined ? {} : locate(model.text, mention.offset);
  const hint = "a model cannot read itself, however far round; take one of these refs out";
  return { path, ...place, message: `models form a cycle: ${names.join(" → ")}`, hint };
}

function testedNodes(project: Project, nodes: Readonly<Record<string, ManifestNode>>): readonly TestedNode[] {
  const tested = (uniqueId: string, documented: TestedNode["documented"], path: string): TestedNode[] => {
    const node = nodes[uniqueId];
    return node === undefined ? [] : [{ node, documented, path }];
  };
  return [
    ...project.sources.flatMap((it) => tested(`source.${project.name}.${it.schema}.${it.name}`, it, it.path)),
    ...project.seeds.flatMap((it) => tested(`seed.${project.name}.${it.name}`, it, it.configPath)),
    ...project.models.flatMap((it) => tested(`model.${project.name}.${it.name}`, it, it.path)),
  ];
}

function fromClause(node: ManifestNode | undefined): string {
  if (node?.resourceType === "model" && node.materialized === "ephemeral") return `(${node.compiledCode})`;
  return node?.relation ?? "";
}

interface CheckedSql {
  readonly diagnostics: readonly Diagnostic[];
  /** Unique ids of the nodes and data tests that they speak of. */
  readonly wrong: ReadonlySet<string>;
  readonly nodes: Manifest["nodes"];
}

/** Checks every compiled text; the nodes come back with what only the parsed SQL tells. */
async function checkAllSql(
  project: Project,
  compiled: { readonly rendered: RenderedProject; readonly tests: readonly ManifestTest[] },
  parser: SqlParser,
): Promise<CheckedSql> {
  const { nodes } = compiled.rendered;
  const sqls = compiledSqls(project, compiled);
  const reads = await parser.read(sqls.map(({ sql }) => sql));
  const wrong = new Set<string>();
  const diagnostics = sqls.flatMap((sql, at) => {
    const read = reads[at];
    const found = read === undefined ? [] : checkSql(sql, read);
    if (found.length > 0) wrong.add(sql.uniqueId);
    return found;
  });
  const parsed = sqls.flatMap(({ incremental }, at) => {
    const read = reads[at];
    return incremental?.materialized !== "partitioned" || read === undefined
      ? []
      : [{ ...incremental, partitionedInputs: partitionedInputs(incremental, read, nodes) }];
  });
  const withInputs = { ...nodes, ...Object.fromEntries(parsed.map((model) => [model.uniqueId, model])) };
  return { diagnostics: [...diagnostics, ...checkPartitioned(parsed)], wrong, nodes: withInputs };
}

/** A text to be checked; `incremental` is the model of which it is the incremental SQL. */
type SqlToCheck = CompiledSql & { readonly uniqueId: string; readonly incremental?: ModelNode };

function compiledSqls(
  project: Project,
  compiled: { readonly rendered: RenderedProject; readonly tests: readonly ManifestTest[] },
): readonly SqlToCheck[] {
  const nodes = Object.values(compiled.rendered.nodes);
  const known = new Map(nodes.map((node) => [node.relation, usageOf(node)]));
  const text = projectTexts(project);
  const models = nodes.filter((node): node is ModelNode => node.resourceType === "model");
  const allRelations = nodes.map(({ relation }) => relation);
  return [
    ...models.flatMap((model): readonly SqlToCheck[] => {
      const own = model.reads.map((uniqueId) => compiled.rendered.nodes[uniqueId]?.relation ?? "");
      const { uniqueId } = model;
      const full = { uniqueId, sql: model.compiledCode, map: model.sourceMap, allowed: own, known, text };
      if (model.incrementalCode === null || model.incrementalSourceMap === null) return [full];
      const code = { sql: model.incrementalCode, map: model.incrementalSourceMap };
      const partitions = model.materialized === "partitioned" ? [changedPartitionsTable] : [];
      return [full, { ...full, ...code, allowed: [...own, model.relation, ...partitions], incremental: model }];
    }),
    ...compiled.tests.flatMap(({ uniqueId, test }) =>
      "compiledCode" in test
        ? [{ uniqueId, sql: test.compiledCode, map: test.sourceMap, allowed: allRelations, known, text }]
        : [],
    ),
  ];
}

function usageOf(node: ManifestNode): string {
  return node.resourceType === "source" ? `{{source '${node.relation}'}}` : `{{ref '${node.name}'}}`;
}
