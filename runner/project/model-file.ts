import * as z from "zod";

import { type Diagnostic, locate } from "../diagnostics.ts";
import { documentationShape, readDocumentation } from "./documentation.ts";
import { parseFrontMatter } from "./front-matter.ts";
import { configMistakes } from "./model-config-mistakes.ts";
import type { FolderDefaults } from "./project-config.ts";
import type { TextFile } from "./project-files.ts";
import {
  incrementalStrategies,
  materializations,
  schemaChanges,
  type GenericTest,
  type ModelConfig,
  type ModelFile,
  type SingularTest,
} from "./project.ts";
import { readTestSettings, singularTestShape } from "./test-settings.ts";
import { parseYamlValue, type YamlDocument } from "./yaml-document.ts";

const modelSchema = z.strictObject({
  description: documentationShape.description,
  materialized: z.enum(materializations).optional(),
  unique_key: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  incremental_strategy: z.enum(incrementalStrategies).optional(),
  on_schema_change: z.enum(schemaChanges).optional(),
  partition_by: z.string().optional(),
  training: z.record(z.string(), z.unknown()).optional(),
  scored_by: z.string().optional(),
  tags: z.array(z.string()).default([]),
  columns: documentationShape.columns,
  data_tests: documentationShape.data_tests,
});

const singularTestSchema = z.strictObject({ description: z.string().default(""), ...singularTestShape });

const genericTestSchema = z.strictObject({ description: z.string().default("") });

/** One model file with the folder defaults folded in; `folders` maps folders below `models/` to their defaults. */
export function parseModelFile(
  file: TextFile,
  folders: Readonly<Record<string, FolderDefaults>>,
  diagnostics: Diagnostic[],
): ModelFile {
  const { document, sqlOffset } = parseFrontMatter(file.path, file.text, diagnostics);
  const yaml = document === undefined ? modelSchema.parse({}) : parseWhole(modelSchema, document, diagnostics);
  const config = foldConfig(file.path, yaml ?? modelSchema.parse({}), folders);
  const configPlace = document?.place(["materialized"]) ?? { line: 1, column: 1 };
  for (const message of configMistakes(config)) {
    const place = document?.diagnostic(["materialized"], message.message) ?? {
      path: file.path,
      ...locate(file.text, 0),
    };
    diagnostics.push({ ...place, ...message });
  }
  const documented =
    document === undefined || yaml === undefined
      ? { description: "", columns: [], dataTests: [] }
      : readDocumentation(yaml, { document, path: [] }, diagnostics);
  return { name: baseName(file.path), ...file, sqlOffset, config, configPlace, ...documented };
}

/** One singular data test: a SELECT that returns bad rows. */
export function parseSingularTest(file: TextFile, diagnostics: Diagnostic[]): SingularTest {
  const { document, sqlOffset } = parseFrontMatter(file.path, file.text, diagnostics);
  const yaml = document === undefined ? undefined : parseWhole(singularTestSchema, document, diagnostics);
  const { description, ...settings } = singularTestSchema.parse(yaml ?? {});
  return { name: baseName(file.path), ...file, sqlOffset, description, settings: readTestSettings(settings) };
}

/** One data test of the project's own: a SELECT of bad rows with parameters. */
export function parseGenericTest(file: TextFile, diagnostics: Diagnostic[]): GenericTest {
  const { document, sqlOffset } = parseFrontMatter(file.path, file.text, diagnostics);
  if (document !== undefined) parseWhole(genericTestSchema, document, diagnostics);
  return { name: baseName(file.path), ...file, sqlOffset };
}

/** File name without folders and ending. */
export function baseName(path: string): string {
  return (path.split("/").at(-1) ?? path).replace(/\.[^.]+$/, "");
}

function parseWhole<Schema extends z.ZodType>(
  schema: Schema,
  document: YamlDocument,
  diagnostics: Diagnostic[],
): z.infer<Schema> | undefined {
  return parseYamlValue(schema, { document, value: document.value, path: [] }, diagnostics);
}

function foldConfig(
  path: string,
  yaml: z.infer<typeof modelSchema>,
  folders: Readonly<Record<string, FolderDefaults>>,
): ModelConfig {
  const parts = path.split("/").slice(1, -1);
  const defaults = parts.map((_, index) => folders[parts.slice(0, index + 1).join("/")] ?? { tags: [] });
  const nearest = <Key extends keyof FolderDefaults>(key: Key): FolderDefaults[Key] | undefined =>
    defaults.findLast((folder) => folder[key] !== undefined)?.[key];
  const uniqueKey = yaml.unique_key ?? [];
  return {
    materialized: yaml.materialized ?? nearest("materialized") ?? "table",
    schema: nearest("schema") ?? parts[0] ?? "main",
    critical: nearest("critical") ?? false,
    tags: [...new Set([...defaults.flatMap((folder) => folder.tags), ...yaml.tags])],
    uniqueKey: typeof uniqueKey === "string" ? [uniqueKey] : uniqueKey,
    incrementalStrategy:
      yaml.incremental_strategy ?? nearest("incremental_strategy") ?? (yaml.unique_key ? "delete+insert" : "append"),
    onSchemaChange: yaml.on_schema_change ?? nearest("on_schema_change") ?? "fail",
    partitionBy: yaml.partition_by ?? null,
    training: yaml.training ?? null,
    scoredBy: yaml.scored_by ?? null,
  };
}
