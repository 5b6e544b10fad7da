import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import { hasWildcard, matchesGlob, matchesPath } from "./glob.ts";
import { type PreviousState, stateChecks } from "./previous-state.ts";
import { type Resource, resourceTypes } from "./resources.ts";
import type { Selector } from "./selector.ts";

/** What a method compares with besides the resource. */
export interface SelectionContext {
  readonly project: string;
  readonly checksums: PreviousState["checksums"];
  readonly previous: PreviousState;
}

type Matches = (resource: Resource, selector: Selector, context: SelectionContext) => boolean;

interface Method {
  readonly matches: Matches;
  /** Holds where nothing matches. */
  readonly otherwise?: Matches;
  /** Values there could have been: when nothing has the value it is a mistake. Absent where finding nothing is an answer. */
  readonly candidates?: (resource: Resource) => readonly string[];
  /** The only values there are. */
  readonly values?: readonly string[];
}

/** Statuses of nodes and tests in run results. */
const statuses = ["success", "error", "skipped", "reused", "no-op", "pass", "fail", "warn"] as const;
const testTypes = {
  generic: ({ testName }) => testName !== null,
  singular: ({ resourceType, testName }) => resourceType === "test" && testName === null,
  data: ({ resourceType }) => resourceType === "test",
  unit: ({ resourceType }) => resourceType === "unit_test",
} satisfies Readonly<Record<string, (resource: Resource) => boolean>>;
const typeChecks = new Map<string, (resource: Resource) => boolean>(Object.entries(testTypes));

/** What each method of a selector, the word before its colon, takes a resource for. */
export const selectorMethods = {
  fqn: {
    matches: ({ resourceType, fqn }, { value }, { project }) =>
      hasName(resourceType) && (isNamed(fqn.slice(1), value) || (value !== project && isNamed(fqn, value))),
    // A model may be called like its project, and is meant then.
    otherwise: ({ resourceType }, { value }, { project }) => hasName(resourceType) && value === project,
    candidates: ({ resourceType, name }) => (resourceType === "source" || resourceType === "test" ? [] : [name]),
  },
  tag: {
    matches: ({ tags }, { value }) => tags.some((tag) => matchesGlob(tag, value)),
    candidates: ({ tags }) => tags,
  },
  source: {
    matches: ({ resourceType, fqn }, { value }) => resourceType === "source" && isSource(fqn, value),
    candidates: ({ resourceType, fqn }) => (resourceType === "source" ? [fqn.slice(1).join(".")] : []),
  },
  path: { matches: ({ path }, { value }) => matchesPath(path, value), candidates: ({ path }) => [path] },
  file: {
    matches: ({ path }, { value }) =>
      [fileName(path), fileName(path).replace(/\.[^.]+$/, "")].some((name) => matchesGlob(name, value)),
    candidates: ({ path }) => [fileName(path)],
  },
  package: {
    matches: (_, { value }, { project }) => value === "this" || matchesGlob(project, value),
    candidates: ({ fqn }) => fqn.slice(0, 1),
  },
  config: { matches: ({ config }, { value, args }) => hasSetting(args.reduce(settingOf, config), value) },
  resource_type: { matches: ({ resourceType }, { value }) => resourceType === value, values: resourceTypes },
  test_type: {
    matches: (resource, { value }) => typeChecks.get(value)?.(resource) ?? false,
    values: Object.keys(testTypes),
  },
  test_name: {
    matches: ({ testName }, { value }) => testName !== null && matchesGlob(testName, value),
    candidates: ({ testName }) => (testName === null ? [] : [testName]),
  },
  unit_test: {
    matches: ({ resourceType, name }, { value }) => resourceType === "unit_test" && matchesGlob(name, value),
    candidates: ({ resourceType, name }) => (resourceType === "unit_test" ? [name] : []),
  },
  exposure: {
    matches: ({ resourceType, name }, { value }) => resourceType === "exposure" && matchesGlob(name, value),
    candidates: ({ resourceType, name }) => (resourceType === "exposure" ? [name] : []),
  },
  unique_id: { matches: ({ uniqueId }, { value }) => uniqueId === value, candidates: ({ uniqueId }) => [uniqueId] },
  state: {
    matches: ({ uniqueId }, { value }, { checksums, previous }) =>
      stateChecks.get(value)?.(checksums[uniqueId], previous.checksums[uniqueId]) ?? false,
    values: [...stateChecks.keys()],
  },
  result: {
    matches: ({ uniqueId }, { value }, { previous }) => previous.results[uniqueId] === value,
    values: statuses,
  },
} satisfies Readonly<Record<string, Method>>;

const methods: ReadonlyMap<string, Method> = new Map(Object.entries(selectorMethods));

/** What dbt selects by and nothing here has. */
const absent: Readonly<Record<string, string>> = {
  source_status: "a build compares its sources by itself: what read unchanged ones is reused",
  version: "models have no versions here",
  group: "models have no groups here; tags do the same: tag:<tag>",
  access: "models have no access levels here",
  metric: "measures stand in dashboards: exposure:<dashboard>",
  semantic_model: "measures stand in dashboards: exposure:<dashboard>",
  saved_query: "measures stand in dashboards: exposure:<dashboard>",
};

/** The resources of one criterion, what `+` and `@` add left out; finding nothing where a name was meant is a mistake. */
export function findMatches(
  selector: Selector,
  { resources, ...context }: SelectionContext & { readonly resources: readonly Resource[] },
): { readonly found: readonly Resource[] } | { readonly mistake: Omit<Diagnostic, "path"> } {
  const { method: name, value, text } = selector;
  const method = methods.get(name);
  if (method === undefined) {
    const hint = absent[name] ?? didYouMean(name, methods.keys()) ?? `methods: ${[...methods.keys()].join(", ")}`;
    return { mistake: { message: `'${text}' is no selector`, hint } };
  }
  if (method.values !== undefined && !method.values.includes(value)) {
    const hint = didYouMean(value, method.values) ?? `${name}: takes ${method.values.join(", ")}`;
    return { mistake: { message: `'${text}' is no selector`, hint } };
  }
  const search = (matches: Matches): readonly Resource[] =>
    resources.filter((resource) => matches(resource, selector, context));
  const matching = search(method.matches);
  const found = matching.length > 0 || method.otherwise === undefined ? matching : search(method.otherwise);
  if (found.length > 0 || method.candidates === undefined) return { found };
  const near = didYouMean(value, resources.flatMap(method.candidates));
  return { mistake: { message: `'${text}' matches nothing`, hint: near ?? "npm run list shows what there is" } };
}

/** dbt's sources and exposures are named by their methods only. */
function hasName(resourceType: Resource["resourceType"]): boolean {
  return resourceType !== "source" && resourceType !== "exposure";
}

/** By its last name, or by folders from the left; from the first wildcard on, by all that is left. */
function isNamed(fqn: readonly string[], value: string): boolean {
  if (fqn.at(-1) === value) return true;
  const parts = value.split(".");
  if (parts.length > fqn.length) return false;
  const wild = parts.findIndex(hasWildcard);
  const exact = wild === -1 ? parts.length : wild;
  if (parts.slice(0, exact).some((part, at) => part !== fqn[at])) return false;
  return wild === -1 || matchesGlob(fqn.slice(wild).join("."), parts.slice(wild).join("."));
}

/** `schema`, `schema.table` or `project.schema.table`. */
function isSource(fqn: readonly string[], value: string): boolean {
  const parts = value.split(".");
  const wanted = parts.length === 1 ? ["*", ...parts, "*"] : parts.length === 2 ? ["*", ...parts] : parts;
  return wanted.length === 3 && wanted.every((part, at) => matchesGlob(fqn[at] ?? "", part));
}

function settingOf(config: unknown, key: string): unknown {
  return typeof config === "object" && config !== null ? new Map(Object.entries(config)).get(key) : undefined;
}

function hasSetting(setting: unknown, value: string): boolean {
  if (Array.isArray(setting)) return setting.some((one) => hasSetting(one, value));
  return ["string", "number", "boolean"].includes(typeof setting) && String(setting) === value;
}

function fileName(path: string): string {
  return path.split("/").at(-1) ?? path;
}
