import * as z from "zod";

import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import type { TextFile } from "./project-files.ts";
import type { UnitTest, UnitTestInput, UnitTestRows } from "./project.ts";
import { parseYamlDocument, parseYamlValue, type YamlDocument, type YamlPath } from "./yaml-document.ts";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const cell = z.union([scalar, z.array(z.unknown()), z.record(z.string(), z.unknown())]);
const rowsShape = {
  format: z.enum(["dict", "csv", "sql"]).default("dict"),
  rows: z.union([z.string(), z.array(z.record(z.string(), cell))]),
};
const unitTestSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]+$/, "a name of lower-case letters, digits and _"),
  description: z.string().default(""),
  model: z.string(),
  given: z.array(z.strictObject({ input: z.string(), ...rowsShape })).default([]),
  overrides: z
    .strictObject({
      vars: z.record(z.string(), z.union([scalar, z.array(scalar)])).default({}),
      run_date: z.iso.date().optional(),
      is_incremental: z.boolean().default(false),
    })
    .default({ vars: {}, is_incremental: false }),
  expect: z.strictObject({ ...rowsShape, key: z.array(z.string()).optional() }),
});
const fileSchema = z.strictObject({ unit_tests: z.array(unitTestSchema) });

/** What an input may be called: `tracks`, `ref('tracks')`, `source('bronze', 'landings')`, `bronze.landings`, `this`. */
const reference =
  /^(?:ref\(\s*['"](?<ref>\w+)['"]\s*\)|source\(\s*['"](?<schema>\w+)['"]\s*,\s*['"](?<table>\w+)['"]\s*\))$/;

/** The unit tests of one YAML file below `tests/models/`. */
export function parseUnitTestFile(
  file: TextFile,
  project: { readonly models: readonly string[]; readonly vars: readonly string[] },
  diagnostics: Diagnostic[],
): readonly UnitTest[] {
  const document = parseYamlDocument(file, diagnostics);
  if (document === undefined) return [];
  const yaml = parseYamlValue(fileSchema, { document, value: document.value, path: [] }, diagnostics);
  return (yaml?.unit_tests ?? []).map((test, at) => {
    const path = ["unit_tests", at];
    if (!project.models.includes(test.model)) {
      const hint = didYouMean(test.model, project.models) ?? "a model is named by its file";
      diagnostics.push(document.diagnostic([...path, "model"], `'${test.model}' names no model`, hint));
    }
    for (const name of Object.keys(test.overrides.vars).filter((it) => !project.vars.includes(it))) {
      const hint = didYouMean(name, project.vars) ?? "vars are declared in project.yml under vars:";
      diagnostics.push(document.keyDiagnostic([...path, "overrides", "vars", name], `unknown var '${name}'`, hint));
    }
    return readTest(test, { document, path, diagnostics });
  });
}

interface At {
  readonly document: YamlDocument;
  readonly path: YamlPath;
  readonly diagnostics: Diagnostic[];
}

function readTest(test: z.infer<typeof unitTestSchema>, at: At): UnitTest {
  const { document, path } = at;
  const { vars, run_date: runDate = null, is_incremental: isIncremental } = test.overrides;
  return {
    name: test.name,
    description: test.description,
    model: test.model,
    path: document.path,
    place: document.place([...path, "name"]),
    given: test.given.map((given, index): UnitTestInput => {
      const place = document.place([...path, "given", index, "input"]);
      const rows = readRows(given, { ...at, path: [...path, "given", index, "rows"] });
      return { input: inputName(given.input), place, rows };
    }),
    overrides: { vars, runDate, isIncremental },
    expect: readRows(test.expect, { ...at, path: [...path, "expect", "rows"] }),
    expectPlace: document.place([...path, "expect"]),
    key: test.expect.key ?? null,
  };
}

function inputName(text: string): string {
  const groups = reference.exec(text.trim())?.groups;
  if (groups === undefined) return text.trim();
  return groups["ref"] ?? `${groups["schema"]}.${groups["table"]}`;
}

function readRows(
  { format, rows }: { readonly format: UnitTestRows["format"]; readonly rows: string | readonly object[] },
  at: At,
): UnitTestRows {
  const isText = typeof rows === "string";
  if (isText === (format === "dict")) {
    const wanted =
      format === "dict" ? "a list of rows, each its columns and values" : `text, rows: | and the ${format}`;
    at.diagnostics.push(at.document.diagnostic(at.path, `rows in format ${format} are ${wanted}`));
  }
  if (format === "sql" && isText) return { format, sql: rows.trim() };
  const records = isText ? parseCsv(rows) : rows.map((row) => Object.fromEntries(Object.entries(row)));
  return { format: format === "sql" ? "dict" : format, records };
}

/** Lines of cells below a line of names; a cell may be quoted, an empty one is null. */
function parseCsv(text: string): readonly Readonly<Record<string, string | null>>[] {
  const [names = [], ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => [...line.matchAll(/(?:^|,)\s*("(?:[^"]|"")*"|[^,]*)/g)].map((match) => match[1]?.trim() ?? ""));
  const value = (cellText: string): string | null =>
    cellText === "" ? null : cellText.startsWith('"') ? cellText.slice(1, -1).replaceAll('""', '"') : cellText;
  return rows.map((cells) => Object.fromEntries(names.map((name, at) => [value(name) ?? "", value(cells[at] ?? "")])));
}
