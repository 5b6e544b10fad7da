import type { Manifest } from "../compile/manifest.ts";
import { type Diagnostic, didYouMean, ProjectError } from "../diagnostics.ts";
import type { NamedSelector, SelectorDefinition } from "../project/selector-file.ts";
import { createDag, type Dag, reach } from "./dag.ts";
import { noState, type PreviousState } from "./previous-state.ts";
import { listResources, type Resource, type ResourceType } from "./resources.ts";
import { parseSelector, parseUnions, type Selector } from "./selector.ts";
import { findMatches, type SelectionContext } from "./selector-methods.ts";

/** Which tests come with the nodes that are selected. */
export const indirectSelections = ["eager", "cautious", "buildable", "empty"] as const;
export type IndirectSelection = (typeof indirectSelections)[number];

export interface Selection {
  /** Space-separated unions of comma-separated intersections; everything when empty. */
  readonly select: readonly string[];
  readonly exclude: readonly string[];
  /** Only these kinds of what is selected; all when left out or empty. */
  readonly resourceType?: readonly ResourceType[] | undefined;
  readonly indirectSelection?: IndirectSelection | undefined;
  /** A selection of selectors.yml, in place of `select`. */
  readonly selector?: string | undefined;
}

/** Unique ids of the nodes that are selected, in topological order; what matches nothing is an error. */
export function selectNodes(manifest: Manifest, selection: Selection, previous = noState): readonly string[] {
  return selectResources(manifest, selection, previous).flatMap(({ uniqueId }) =>
    manifest.nodes[uniqueId] === undefined ? [] : [uniqueId],
  );
}

/** Everything that --select names, without what --exclude names: nodes in topological order, then tests and dashboards. */
export function selectResources(
  manifest: Manifest,
  selection: Selection,
  previous: PreviousState = noState,
): readonly Resource[] {
  const resources = listResources(manifest);
  const { project, checksums } = manifest;
  const diagnostics: Diagnostic[] = [];
  const context = { project, checksums, previous, resources, dag: createDag(resources), diagnostics };
  const mode = selection.indirectSelection ?? "eager";
  const named = namedSelector(manifest, selection, diagnostics);
  const isAll = named === null && parseUnions(selection.select).length === 0;
  const found = (): ReadonlySet<string> =>
    named === null
      ? union(selection.select, { ...context, mode, flag: "--select" })
      : defined(named.definition, { ...context, mode, flag: `selector ${named.name}` }, manifest.selectors);
  const chosen = isAll
    ? new Set(resources.map(({ uniqueId }) => uniqueId))
    : withTests(found(), { ...context, mode: overAll(mode) });
  const excluded = union(selection.exclude, { ...context, mode: "eager", flag: "--exclude" });
  if (diagnostics.length > 0) throw new ProjectError(diagnostics);
  const types = selection.resourceType ?? [];
  return resources.filter(
    ({ uniqueId, resourceType }) =>
      chosen.has(uniqueId) && !excluded.has(uniqueId) && (types.length === 0 || types.includes(resourceType)),
  );
}

/** The selector that is asked for; null where none is. */
function namedSelector(
  { selectors }: Manifest,
  { select, exclude, selector }: Selection,
  diagnostics: Diagnostic[],
): NamedSelector | null {
  if (selector === undefined) return null;
  const path = "--selector";
  if (parseUnions([...select, ...exclude]).length > 0) {
    diagnostics.push({ path, message: "stands in place of --select and --exclude", hint: "give one or the other" });
  }
  const found = selectors.find(({ name }) => name === selector);
  if (found !== undefined) return found;
  const names = selectors.map(({ name }) => name);
  const hint =
    didYouMean(selector, names) ?? (names.length === 0 ? "selectors.yml has none" : `there are ${names.join(", ")}`);
  diagnostics.push({ path, message: `'${selector}' names no selector`, hint });
  return null;
}

function defined(
  definition: SelectorDefinition,
  context: SelectContext,
  selectors: readonly NamedSelector[],
): ReadonlySet<string> {
  if ("criterion" in definition) return union([definition.criterion], context);
  if ("selector" in definition) {
    const other = selectors.find(({ name }) => name === definition.selector);
    return other === undefined ? new Set() : defined(other.definition, context, selectors);
  }
  const sets = (parts: readonly SelectorDefinition[]): readonly ReadonlySet<string>[] =>
    parts.map((part) => defined(part, context, selectors));
  const [first = new Set<string>(), ...others] = sets(definition.parts);
  const all =
    definition.of === "union"
      ? new Set([first, ...others].flatMap((set) => [...set]))
      : new Set([...first].filter((uniqueId) => others.every((set) => set.has(uniqueId))));
  const excluded = sets(definition.exclude);
  return new Set([...all].filter((uniqueId) => !excluded.some((set) => set.has(uniqueId))));
}

/** Tests over several unions come with the whole; those of one came with it, and an intersection took them out again. */
function overAll(mode: IndirectSelection): IndirectSelection {
  return mode === "eager" ? "empty" : mode;
}

interface Graph {
  readonly resources: readonly Resource[];
  readonly dag: Dag;
}

interface SelectContext extends SelectionContext, Graph {
  readonly flag: string;
  readonly mode: IndirectSelection;
  readonly diagnostics: Diagnostic[];
}

function union(texts: readonly string[], context: SelectContext): ReadonlySet<string> {
  return new Set(parseUnions(texts).flatMap((criteria) => [...intersection(criteria, context)]));
}

function intersection(criteria: readonly string[], context: SelectContext): ReadonlySet<string> {
  const [first = new Set<string>(), ...others] = criteria.map((text) => matching(text, context));
  return new Set([...first].filter((uniqueId) => others.every((set) => set.has(uniqueId))));
}

function matching(text: string, context: SelectContext): ReadonlySet<string> {
  const { flag: path, diagnostics, dag } = context;
  const selector = parseSelector(text);
  if ("mistake" in selector) {
    const hint = "a name, tag:<tag>, path:<folder>, source:<schema.table>, each with + before (upstream) or behind";
    diagnostics.push({ path, message: `'${text}' ${selector.mistake}`, hint });
    return new Set();
  }
  const matches = findMatches(selector, context);
  if ("mistake" in matches) {
    diagnostics.push({ path, ...matches.mistake });
    return new Set();
  }
  const found = matches.found.map(({ uniqueId }) => uniqueId);
  return withTests(withNeighbours(found, selector, dag), context);
}

function withNeighbours(found: readonly string[], selector: Selector, { upstream, downstream }: Dag): Set<string> {
  const below = reach(found, downstream, selector.withDownstreamNeeds ? Infinity : selector.downstream);
  const above = reach(found, upstream, selector.upstream);
  return new Set([...above, ...below, ...(selector.withDownstreamNeeds ? reach(below, upstream) : [])]);
}

type Joins = (test: Resource, chosen: ReadonlySet<string>, dag: Dag) => boolean;

const joins: Readonly<Record<IndirectSelection, Joins>> = {
  eager: ({ dependsOn }, chosen) => dependsOn.some((uniqueId) => chosen.has(uniqueId)),
  cautious: ({ dependsOn }, chosen) => isAmong(dependsOn, chosen),
  buildable: ({ dependsOn }, chosen, { upstream }) =>
    dependsOn.some((uniqueId) => chosen.has(uniqueId)) && isAmong(dependsOn, reach(chosen, upstream)),
  empty: () => false,
};

function withTests(
  chosen: ReadonlySet<string>,
  { resources, dag, mode }: Graph & { readonly mode: IndirectSelection },
): ReadonlySet<string> {
  const tests = resources.filter(
    (resource) => resource.resourceType.endsWith("test") && joins[mode](resource, chosen, dag),
  );
  return new Set([...chosen, ...tests.map(({ uniqueId }) => uniqueId)]);
}

function isAmong(uniqueIds: readonly string[], chosen: ReadonlySet<string>): boolean {
  return uniqueIds.length > 0 && uniqueIds.every((uniqueId) => chosen.has(uniqueId));
}
