import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import * as z from "zod";

import { type Diagnostic, didYouMean, locate } from "../diagnostics.ts";
import type { Place } from "./project.ts";

export type YamlPath = readonly (string | number)[];

/** A piece of YAML inside a file: the whole file's text, and which part of it is YAML. */
export interface YamlText {
  readonly path: string;
  readonly text: string;
  readonly start?: number;
  readonly end?: number;
}

/** Parsed YAML that can say where each of its values stands in the file. */
export interface YamlDocument {
  readonly path: string;
  readonly value: unknown;
  place(path: YamlPath): Place;
  diagnostic(path: YamlPath, message: string, hint?: string): Diagnostic;
  /** The same at the key instead of its value. */
  keyDiagnostic(path: YamlPath, message: string, hint?: string): Diagnostic;
}

/** Parses YAML; syntax errors and repeated keys are reported, and then there is no document. */
export function parseYamlDocument(yaml: YamlText, diagnostics: Diagnostic[]): YamlDocument | undefined {
  const { path, text, start = 0, end = text.length } = yaml;
  const document = parseDocument(text.slice(start, end), { lineCounter: new LineCounter(), prettyErrors: false });
  const diagnostic = (offset: number, message: string, hint?: string): Diagnostic => ({
    path,
    ...locate(text, start + offset),
    message,
    ...(hint !== undefined && { hint }),
  });
  for (const error of document.errors) diagnostics.push(diagnostic(error.pos[0], lowerFirst(error.message)));
  if (document.errors.length > 0) return undefined;
  const offsetOf = (at: YamlPath): number => findOffset(document.contents, at);
  return {
    path,
    value: document.toJS(),
    place: (at) => {
      const { line, column } = locate(text, start + offsetOf(at));
      return { line, column };
    },
    diagnostic: (at, message, hint) => diagnostic(offsetOf(at), message, hint),
    keyDiagnostic: (at, message, hint) => diagnostic(findKeyOffset(document.contents, at), message, hint),
  };
}

/** The part of a document below `path` as the schema has it; what does not fit is reported at its own line. */
export function parseYamlValue<Schema extends z.ZodType>(
  schema: Schema,
  at: { readonly document: YamlDocument; readonly value: unknown; readonly path: YamlPath },
  diagnostics: Diagnostic[],
): z.infer<Schema> | undefined {
  const result = schema.safeParse(at.value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) diagnostics.push(...describeIssue(schema, issue, at));
  return undefined;
}

function describeIssue(
  schema: z.ZodType,
  issue: z.core.$ZodIssue,
  at: { readonly document: YamlDocument; readonly value: unknown; readonly path: YamlPath },
): Diagnostic[] {
  const inner = issue.path.filter((key) => typeof key !== "symbol");
  const path = [...at.path, ...inner];
  if (issue.code !== "unrecognized_keys") {
    // Of a list's item, the list's key says more than its number.
    const key = path.findLast((part) => typeof part === "string") ?? path.at(-1);
    if (issue.code === "invalid_value") {
      const known = issue.values.map(String);
      const given = valueAt(at.value, inner);
      const hint = didYouMean(given, known) ?? `one of: ${known.join(", ")}`;
      return [at.document.diagnostic(path, `'${String(key)}' cannot be '${given}'`, hint)];
    }
    const message = key === undefined ? lowerFirst(issue.message) : `'${String(key)}': ${lowerFirst(issue.message)}`;
    return [at.document.diagnostic(path, message)];
  }
  const known = knownKeys(schemaAt(schema, inner));
  return issue.keys.map((key) =>
    at.document.keyDiagnostic(
      [...path, key],
      `unknown key '${key}'`,
      didYouMean(key, known) ?? `known keys: ${known.join(", ")}`,
    ),
  );
}

function valueAt(value: unknown, path: YamlPath): string {
  const found = path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
  return typeof found === "string" ? found : JSON.stringify(found ?? null);
}

function schemaAt(schema: unknown, path: YamlPath): unknown {
  const unwrapped = unwrap(schema);
  const [key, ...rest] = path;
  if (key === undefined) return unwrapped;
  if (unwrapped instanceof z.ZodObject) return schemaAt(unwrapped.shape[key], rest);
  if (unwrapped instanceof z.ZodArray) return schemaAt(unwrapped.element, rest);
  if (unwrapped instanceof z.ZodRecord) return schemaAt(unwrapped.valueType, rest);
  return undefined;
}

function unwrap(schema: unknown): unknown {
  const isWrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable;
  return isWrapped ? unwrap(schema.def.innerType) : schema;
}

function knownKeys(schema: unknown): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The offset of the value at `path`, of its key when the value is a collection, or of its nearest parent. */
function findOffset(root: Node | null, path: YamlPath): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const key of path) {
    if (!isCollection(node)) return offset;
    const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === key) : undefined;
    const next: unknown = node.get(key, true);
    const keyOffset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    const valueOffset = rangeStart(next);
    offset = (isScalar(next) ? valueOffset : (keyOffset ?? valueOffset)) ?? keyOffset ?? offset;
    node = next;
  }
  return offset;
}

function findKeyOffset(root: Node | null, path: YamlPath): number {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((node, key) => (isCollection(node) ? node.get(key, true) : node), root);
  const items = isMap(parent) ? parent.items : [];
  const pair = items.find((item) => isScalar(item.key) && item.key.value === path.at(-1));
  return (isScalar(pair?.key) ? pair.key.range?.[0] : undefined) ?? findOffset(root, path);
}

function rangeStart(node: unknown): number | undefined {
  return isScalar(node) || isCollection(node) ? node.range?.[0] : undefined;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
