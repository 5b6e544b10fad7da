import { z } from "zod";

import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import type { DataTest, DataTestConfig, DataTestKind } from "./project.ts";
import { parseYamlValue, type YamlDocument, type YamlPath } from "./yaml-document.ts";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const severity = z.enum(["error", "warn"]).default("error");
const names = z.array(z.string()).min(1);
const bounds = { min: z.number().nullable().default(null), max: z.number().nullable().default(null) };

/** Arguments of each test where it stands below a column, with the test they make. */
const columnTests = {
  unique: test(z.strictObject({ severity }), (column) => ({ kind: "unique", columns: [column] })),
  not_null: test(z.strictObject({ severity }), (column) => ({ kind: "not_null", column })),
  accepted_values: test(z.strictObject({ severity, values: z.array(scalar).min(1) }), (column, { values }) => ({
    kind: "accepted_values",
    column,
    values,
  })),
  relationships: test(z.strictObject({ severity, to: z.string(), field: z.string() }), (column, { to, field }) => ({
    kind: "relationships",
    column,
    to,
    field,
  })),
  range: test(z.strictObject({ severity, ...bounds }), (column, { min, max }) => ({ kind: "range", column, min, max })),
};

/** Arguments of each test where it stands below a model, seed or source table. */
const relationTests = {
  unique: test(z.strictObject({ severity, columns: names }), (_, { columns }) => ({ kind: "unique", columns })),
  row_count: test(z.strictObject({ severity, ...bounds }), (_, { min, max }) => ({ kind: "row_count", min, max })),
  expression: test(z.strictObject({ severity, expression: z.string().min(1) }), (_, { expression }) => ({
    kind: "expression",
    expression,
  })),
};

type Reader = (args: unknown, column: string, at: At) => { test: DataTest; severity: "error" | "warn" } | undefined;

interface At {
  readonly document: YamlDocument;
  readonly path: YamlPath;
  readonly diagnostics: Diagnostic[];
}

/** The data tests of one column, or of the whole relation when `column` is null. */
export function parseDataTests(items: readonly unknown[], column: string | null, at: At): DataTestConfig[] {
  const readers: Readonly<Partial<Record<DataTestKind, Reader>>> = column === null ? relationTests : columnTests;
  return items.flatMap((item, index) => {
    const path = [...at.path, index];
    const named = nameAndArguments(item);
    if (named === undefined) {
      at.diagnostics.push(at.document.diagnostic(path, "a data test is a name, or one name with its arguments"));
      return [];
    }
    const reader = new Map<string, Reader>(Object.entries(readers)).get(named.name);
    if (reader === undefined) {
      at.diagnostics.push(unknownTest(named.name, column, { ...at, path }));
      return [];
    }
    const parsed = reader(named.args, column ?? "", { ...at, path: [...path, named.name] });
    return parsed === undefined ? [] : [{ ...parsed, place: at.document.place(path) }];
  });
}

function test<Schema extends z.ZodType<{ severity: "error" | "warn" }>>(
  schema: Schema,
  make: (column: string, args: z.infer<Schema>) => DataTest,
): Reader {
  return (args, column, at) => {
    const parsed = parseYamlValue(schema, { document: at.document, value: args, path: at.path }, at.diagnostics);
    return parsed === undefined ? undefined : { test: make(column, parsed), severity: parsed.severity };
  };
}

function nameAndArguments(item: unknown): { name: string; args: unknown } | undefined {
  if (typeof item === "string") return { name: item, args: {} };
  if (typeof item !== "object" || item === null || Array.isArray(item)) return undefined;
  const [entry, ...others] = Object.entries(item);
  return entry === undefined || others.length > 0 ? undefined : { name: entry[0], args: entry[1] ?? {} };
}

function unknownTest(name: string, column: string | null, at: At): Diagnostic {
  const here = Object.keys(column === null ? relationTests : columnTests);
  const elsewhere = Object.keys(column === null ? columnTests : relationTests);
  const place = column === null ? "below a column" : "below the model, not below a column";
  if (elsewhere.includes(name) && !here.includes(name)) {
    return at.document.diagnostic(at.path, `data test '${name}' stands ${place}`);
  }
  const hint = didYouMean(name, here) ?? `known data tests: ${here.join(", ")}`;
  return at.document.diagnostic(at.path, `unknown data test '${name}'`, hint);
}
