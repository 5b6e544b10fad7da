import type { Manifest, ManifestNode } from "../compile/manifest.ts";
import { type Diagnostic, didYouMean, ProjectError } from "../diagnostics.ts";
import { createDag, type Dag, reach } from "./dag.ts";

export interface Selection {
  /** Space-separated unions of comma-separated intersections; everything when empty. */
  readonly select: readonly string[];
  readonly exclude: readonly string[];
}

interface Criterion {
  readonly text: string;
  readonly flag: string;
  readonly upstream: number;
  readonly downstream: number;
  readonly method: string;
  readonly value: string;
}

type Method = (node: ManifestNode, value: string) => boolean;

const methods = {
  name: (node, value) => node.resourceType !== "source" && matches(node.name, value),
  tag: (node, value) => node.tags.some((tag) => matches(tag, value)),
  path: (node, value) =>
    node.path === value || node.path.startsWith(`${value.replace(/\/$/, "")}/`) || matches(node.path, value),
  source: (node, value) =>
    node.resourceType === "source" && (matches(node.relation, value) || matches(node.schema, value)),
  resource_type: (node, value) => node.resourceType === value,
} satisfies Record<string, Method>;

const grammar = /^(?:(?<up>\d*)\+)?(?:(?<method>[a-z_]+):)?(?<value>[^+]+?)(?:\+(?<down>\d*))?$/;

/** Unique ids that --select names, without those of --exclude, in topological order; what matches nothing is an error. */
export function selectNodes(manifest: Manifest, selection: Selection): readonly string[] {
  const dag = createDag(manifest);
  const diagnostics: Diagnostic[] = [];
  const union = (texts: readonly string[], flag: string): ReadonlySet<string> =>
    new Set(words(texts).flatMap((word) => [...intersection(word, { flag, manifest, dag, diagnostics })]));
  const selected = words(selection.select).length === 0 ? new Set(manifest.order) : union(selection.select, "--select");
  const excluded = union(selection.exclude, "--exclude");
  if (diagnostics.length > 0) throw new ProjectError(diagnostics);
  return manifest.order.filter((uniqueId) => selected.has(uniqueId) && !excluded.has(uniqueId));
}

interface SelectContext {
  readonly flag: string;
  readonly manifest: Manifest;
  readonly dag: Dag;
  readonly diagnostics: Diagnostic[];
}

function intersection(word: string, context: SelectContext): ReadonlySet<string> {
  const sets = word.split(",").map((text) => matching(text, context));
  const [first = new Set<string>(), ...others] = sets;
  return new Set([...first].filter((uniqueId) => others.every((set) => set.has(uniqueId))));
}

function matching(text: string, context: SelectContext): ReadonlySet<string> {
  const criterion = parseCriterion(text, context);
  const method =
    criterion === undefined ? undefined : new Map<string, Method>(Object.entries(methods)).get(criterion.method);
  if (criterion === undefined || method === undefined) return new Set();
  const nodes = Object.values(context.manifest.nodes);
  const found = nodes.filter((node) => method(node, criterion.value));
  if (found.length === 0) context.diagnostics.push(explainNothing(criterion, nodes));
  return new Set(
    found.flatMap(({ uniqueId }) => [
      ...reach(uniqueId, context.dag.upstream, criterion.upstream),
      ...reach(uniqueId, context.dag.downstream, criterion.downstream),
    ]),
  );
}

function parseCriterion(text: string, { flag, diagnostics }: SelectContext): Criterion | undefined {
  const groups = grammar.exec(text)?.groups;
  const method = groups?.["method"] ?? (text.includes("/") ? "path" : "name");
  if (groups === undefined || !(method in methods)) {
    const known = `a name, tag:<tag>, path:<folder>, source:<schema.table>, each with + before (upstream) or behind (downstream)`;
    diagnostics.push({
      path: flag,
      message: `'${text}' is no selector`,
      hint: didYouMean(method, Object.keys(methods)) ?? known,
    });
    return undefined;
  }
  const depth = (digits: string | undefined): number =>
    digits === undefined ? 0 : digits === "" ? Infinity : Number(digits);
  return {
    text,
    flag,
    upstream: depth(groups["up"]),
    downstream: depth(groups["down"]),
    method,
    value: groups["value"] ?? "",
  };
}

function explainNothing({ flag, text, method, value }: Criterion, nodes: readonly ManifestNode[]): Diagnostic {
  const candidates = {
    name: nodes.map(({ name }) => name),
    tag: nodes.flatMap(({ tags }) => tags),
    source: nodes.filter(({ resourceType }) => resourceType === "source").map(({ relation }) => relation),
    path: nodes.map(({ path }) => path),
    resource_type: ["model", "seed", "source"],
  };
  const near = didYouMean(value, new Map(Object.entries(candidates)).get(method) ?? []);
  return { path: flag, message: `'${text}' matches nothing`, hint: near ?? "npm run list shows what there is" };
}

function words(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split(/\s+/)).filter((word) => word !== "");
}

function matches(text: string, pattern: string): boolean {
  if (!pattern.includes("*")) return text === pattern;
  const expression = pattern
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join(".*");
  return new RegExp(`^${expression}$`).test(text);
}
