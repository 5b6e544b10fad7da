import * as z from "zod";

import type { Diagnostic } from "../diagnostics.ts";
import type { DataTest, DataTestConfig, DataTestKind } from "./project.ts";
import { readTestSettings, testSettingsShape } from "./test-settings.ts";
import { parseYamlValue, type YamlDocument, type YamlPath } from "./yaml-document.ts";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const settings = testSettingsShape;
const settingsSchema = z.strictObject(settings);
/** Arguments are single values or lists of them; which there are, the test's template says. */
const customSchema = z.object(settings).catchall(z.union([scalar, z.array(scalar)]));
const nestedSchema = z.looseObject({
  config: z.record(z.string(), z.unknown()).optional(),
  arguments: z.record(z.string(), z.unknown()).optional(),
});
const names = z.array(z.string()).min(1);
const bounds = { min: z.number().nullable().default(null), max: z.number().nullable().default(null) };

/** Arguments of each test where it stands below a column, with the test they make. */
const columnTests = {
  unique: test(z.strictObject(settings), (column) => ({ kind: "unique", columns: [column] })),
  not_null: test(z.strictObject(settings), (column) => ({ kind: "not_null", column })),
  accepted_values: test(z.strictObject({ ...settings, values: z.array(scalar).min(1) }), (column, { values }) => ({
    kind: "accepted_values",
    column,
    values,
  })),
  relationships: test(z.strictObject({ ...settings, to: z.string(), field: z.string() }), (column, { to, field }) => ({
    kind: "relationships",
    column,
    to,
    field,
  })),
  range: test(z.strictObject({ ...settings, ...bounds }), (column, { min, max }) => ({
    kind: "range",
    column,
    min,
    max,
  })),
};

/** Arguments of each test where it stands below a model, seed or source table. */
const relationTests = {
  unique: test(z.strictObject({ ...settings, columns: names }), (_, { columns }) => ({ kind: "unique", columns })),
  row_count: test(z.strictObject({ ...settings, ...bounds }), (_, { min, max }) => ({ kind: "row_count", min, max })),
  expression: test(z.strictObject({ ...settings, expression: z.string().min(1) }), (_, { expression }) => ({
    kind: "expression",
    expression,
  })),
};

type Reader = (args: unknown, column: string, at: At) => Omit<DataTestConfig, "place"> | undefined;

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
    if (isMisplaced(named.name, column)) {
      const place = column === null ? "below a column" : "below the model, not below a column";
      at.diagnostics.push(at.document.diagnostic(path, `data test '${named.name}' stands ${place}`));
      return [];
    }
    const reader = new Map<string, Reader>(Object.entries(readers)).get(named.name);
    const here = { ...at, path: [...path, named.name] };
    const args = withNested(named.args, here);
    if (args === undefined) return [];
    // Whether the project has a test of that name is known when all its files are.
    const parsed =
      reader === undefined ? readCustomTest({ ...named, args }, column, here) : reader(args, column ?? "", here);
    return parsed === undefined ? [] : [{ ...parsed, place: at.document.place(path) }];
  });
}

/** The data tests that every project has, below a column or below a relation when `column` is null. */
export function knownDataTests(column: string | null): readonly string[] {
  return Object.keys(column === null ? relationTests : columnTests);
}

function test<Schema extends z.ZodType<z.infer<typeof settingsSchema>>>(
  schema: Schema,
  make: (column: string, args: z.infer<Schema>) => DataTest,
): Reader {
  return (args, column, at) => {
    const parsed = parseYamlValue(schema, { document: at.document, value: args, path: at.path }, at.diagnostics);
    return parsed === undefined ? undefined : { test: make(column, parsed), settings: readTestSettings(parsed) };
  };
}

/** Settings may stand below `config`, arguments below `arguments`, as dbt has them. */
function withNested(args: unknown, { document, path, diagnostics }: At): unknown {
  const nested = nestedSchema.safeParse(args);
  if (!nested.success) return args;
  const { config = {}, arguments: given = {}, ...plain } = nested.data;
  const at = { document, value: config, path: [...path, "config"] };
  if (parseYamlValue(settingsSchema, at, diagnostics) === undefined) return undefined;
  return { ...plain, ...config, ...given };
}

function nameAndArguments(item: unknown): { name: string; args: unknown } | undefined {
  if (typeof item === "string") return { name: item, args: {} };
  if (typeof item !== "object" || item === null || Array.isArray(item)) return undefined;
  const [entry, ...others] = Object.entries(item);
  return entry === undefined || others.length > 0 ? undefined : { name: entry[0], args: entry[1] ?? {} };
}

function readCustomTest(
  { name, args }: { readonly name: string; readonly args: unknown },
  column: string | null,
  { document, path, diagnostics }: At,
): Omit<DataTestConfig, "place"> | undefined {
  const parsed = parseYamlValue(customSchema, { document, value: args, path }, diagnostics);
  if (parsed === undefined) return undefined;
  const own = Object.entries(parsed).filter(([key]) => !Object.hasOwn(testSettingsShape, key));
  const values = z.record(z.string(), z.union([scalar, z.array(scalar)])).parse(Object.fromEntries(own));
  return { test: { kind: "custom", name, column, args: values }, settings: readTestSettings(parsed) };
}

function isMisplaced(name: string, column: string | null): boolean {
  const other = column === null ? "" : null;
  return knownDataTests(other).includes(name) && !knownDataTests(column).includes(name);
}
