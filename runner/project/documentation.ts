import * as z from "zod";

import { type Diagnostic, didYouMean } from "../diagnostics.ts";
import { parseDataTests } from "./data-test-config.ts";
import type { ColumnConfig, Documented } from "./project.ts";
import type { YamlDocument, YamlPath } from "./yaml-document.ts";

const columnSchema = z.strictObject({
  name: z.string(),
  data_type: z.string().optional(),
  description: z.string().default(""),
  data_tests: z.array(z.unknown()).default([]),
});

/** The keys by which a model, a seed and a source table describe themselves. */
export const documentationShape = {
  description: z.string().default(""),
  columns: z.array(columnSchema).default([]),
  data_tests: z.array(z.unknown()).default([]),
};

interface DocumentationYaml {
  readonly description: string;
  readonly columns: readonly z.infer<typeof columnSchema>[];
  readonly data_tests: readonly unknown[];
}

/** Description, columns and data tests with their places; `path` is where they stand in the document. */
export function readDocumentation(
  yaml: DocumentationYaml,
  at: { readonly document: YamlDocument; readonly path: YamlPath },
  diagnostics: Diagnostic[],
): Documented {
  const { document } = at;
  const columns = yaml.columns.map((column, index): ColumnConfig => {
    const path = [...at.path, "columns", index];
    const tests = { document, path: [...path, "data_tests"], diagnostics };
    return {
      name: column.name,
      description: column.description.trim(),
      dataType: column.data_type ?? null,
      dataTests: parseDataTests(column.data_tests, column.name, tests),
      place: document.place([...path, "name"]),
    };
  });
  reportRepeatedColumns(columns, at, diagnostics);
  const path = [...at.path, "data_tests"];
  const dataTests = parseDataTests(yaml.data_tests, null, { document, path, diagnostics });
  return { description: yaml.description.trim(), columns, dataTests };
}

/** Reports columns without a data type, where the project and not a query decides it (seeds, sources). */
export function requireDataTypes(
  documented: Documented,
  at: { readonly document: YamlDocument; readonly path: YamlPath },
  diagnostics: Diagnostic[],
): void {
  if (documented.columns.length === 0) diagnostics.push(at.document.diagnostic(at.path, "has no columns"));
  for (const [index, column] of documented.columns.entries()) {
    if (column.dataType !== null) continue;
    const message = `column '${column.name}' has no data_type`;
    diagnostics.push(
      at.document.diagnostic([...at.path, "columns", index], message, "add for example data_type: VARCHAR"),
    );
  }
}

/** "unknown x 'y'" with the nearest known name. */
export function unknownName(kind: string, name: string, known: Iterable<string>): { message: string; hint?: string } {
  const hint = didYouMean(name, known);
  return { message: `unknown ${kind} '${name}'`, ...(hint !== undefined && { hint }) };
}

function reportRepeatedColumns(
  columns: readonly ColumnConfig[],
  at: { readonly document: YamlDocument; readonly path: YamlPath },
  diagnostics: Diagnostic[],
): void {
  const seen = new Set<string>();
  for (const [index, { name }] of columns.entries()) {
    if (seen.has(name)) {
      diagnostics.push(at.document.diagnostic([...at.path, "columns", index], `column '${name}' is described twice`));
    }
    seen.add(name);
  }
}
