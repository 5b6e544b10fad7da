import * as z from "zod";

import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import type { TextFile } from "./project-files.ts";
import { parseYamlDocument, parseYamlValue, type YamlDocument, type YamlPath } from "./yaml-document.ts";

/** What a selector of selectors.yml stands for. */
export type SelectorDefinition =
  | { readonly criterion: string }
  | { readonly selector: string }
  | {
      readonly of: "union" | "intersection";
      readonly parts: readonly SelectorDefinition[];
      readonly exclude: readonly SelectorDefinition[];
    };

/** A selection with a name, for `--selector`. */
export interface NamedSelector {
  readonly name: string;
  readonly description: string;
  readonly definition: SelectorDefinition;
}

const depth = z.int().nonnegative().optional();
const methodSchema = z.strictObject({
  method: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  parents: z.boolean().default(false),
  parents_depth: depth,
  children: z.boolean().default(false),
  children_depth: depth,
  childrens_parents: z.boolean().default(false),
  exclude: z.array(z.unknown()).default([]),
});
const fileSchema = z.strictObject({
  selectors: z.array(
    z.strictObject({
      name: z.string().regex(/^\w+$/, "a name of letters, digits and _"),
      description: z.string().default(""),
      default: z.boolean().default(false),
      definition: z.unknown(),
    }),
  ),
});

interface At {
  readonly document: YamlDocument;
  readonly path: YamlPath;
  readonly names: readonly string[];
  readonly diagnostics: Diagnostic[];
}

/** The selectors of `selectors.yml`, in dbt's form: a criterion, or unions and intersections of others. */
export function parseSelectorFile(file: TextFile, diagnostics: Diagnostic[]): readonly NamedSelector[] {
  const document = parseYamlDocument(file, diagnostics);
  if (document === undefined) return [];
  const yaml = parseYamlValue(fileSchema, { document, value: document.value, path: [] }, diagnostics);
  const written = yaml?.selectors ?? [];
  return written.flatMap(({ name, description, default: isDefault, definition: value }, index) => {
    // As in dbt a selector may be made of those before it, so that none is made of itself.
    const names = written.slice(0, index).map((other) => other.name);
    const at = { document, path: ["selectors", index], names, diagnostics };
    if (names.includes(name)) report(at, ["name"], `there is a selector '${name}' already`, "give it another name");
    // Stages of a schedule build all: a default would leave tables behind without anybody having said so.
    if (isDefault) report(at, ["default"], "there is no default selection here", `ask for it: --selector ${name}`);
    const definition = readDefinition(value, { ...at, path: [...at.path, "definition"] });
    return definition === undefined ? [] : [{ name, description, definition }];
  });
}

function report({ document, path, diagnostics }: At, inner: YamlPath, ...[message, hint]: [string, string]): void {
  diagnostics.push(document.diagnostic([...path, ...inner], message, hint));
}

function readDefinition(value: unknown, at: At): SelectorDefinition | undefined {
  if (typeof value === "string") return { criterion: value };
  const record = z.record(z.string(), z.unknown()).safeParse(value).data ?? {};
  const [entry = ["", null], ...others] = Object.entries(record);
  const [key, first] = entry;
  if (key === "union" || key === "intersection") return readList(key, first, { ...at, path: [...at.path, key] });
  if ("method" in record) return readMethod(record, at);
  if (others.length === 0 && (typeof first === "string" || typeof first === "number")) {
    return { criterion: `${key}:${first}` };
  }
  report(
    at,
    [],
    "is no definition",
    "write 'tag:nightly', { method: tag, value: nightly }, union: […] or intersection: […]",
  );
  return undefined;
}

function readList(of: "union" | "intersection", value: unknown, at: At): SelectorDefinition {
  const items = Array.isArray(value) ? value : [];
  if (items.length === 0)
    report(at, [], `'${of}' is a list of definitions`, `${of}: ["tag:nightly", "path:models/gold"]`);
  const excluded = (item: unknown): unknown =>
    z.strictObject({ exclude: z.array(z.unknown()) }).safeParse(item).data?.exclude;
  const read = (item: unknown, index: number): readonly SelectorDefinition[] => {
    const part = readDefinition(item, { ...at, path: [...at.path, index] });
    return part === undefined ? [] : [part];
  };
  return {
    of,
    parts: items.flatMap((item, index) => (excluded(item) === undefined ? read(item, index) : [])),
    exclude: items.flatMap((item, index) => readExclude(excluded(item), { ...at, path: [...at.path, index] })),
  };
}

function readExclude(value: unknown, at: At): readonly SelectorDefinition[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return items
    .map((item, index) => readDefinition(item, { ...at, path: [...at.path, "exclude", index] }))
    .filter((part) => part !== undefined);
}

function readMethod(value: unknown, at: At): SelectorDefinition | undefined {
  const yaml = parseYamlValue(methodSchema, { ...at, value }, at.diagnostics);
  if (yaml === undefined) return undefined;
  const own = yaml.method === "selector" ? readReference(String(yaml.value), at) : { criterion: criterionOf(yaml) };
  const exclude = readExclude(yaml.exclude, at);
  return exclude.length === 0 ? own : { of: "union", parts: [own], exclude };
}

function readReference(selector: string, at: At): SelectorDefinition {
  if (!at.names.includes(selector)) {
    const hint = didYouMean(selector, at.names) ?? "it is made of selectors that stand before it";
    report(at, ["value"], `'${selector}' names no selector before this one`, hint);
  }
  return { selector };
}

/** As the command line has it: `2+tag:nightly+`. */
function criterionOf(yaml: z.infer<typeof methodSchema>): string {
  const { method, value, parents, parents_depth: above, children, children_depth: below } = yaml;
  const before = yaml.childrens_parents ? "@" : parents ? `${above ?? ""}+` : "";
  return `${before}${method}:${value}${children ? `+${below ?? ""}` : ""}`;
}
