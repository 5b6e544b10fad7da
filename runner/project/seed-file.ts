import * as z from "zod";

import type { Diagnostic } from "../diagnostics.ts";
import { documentationShape, readDocumentation, requireDataTypes } from "./documentation.ts";
import { baseName } from "./model-file.ts";
import type { ProjectFiles, SeedTable, TextFile } from "./project-files.ts";
import type { SeedFile } from "./project.ts";
import { parseYamlDocument, parseYamlValue } from "./yaml-document.ts";

const seedSchema = z.strictObject(documentationShape);

/** Every `seeds/<name>.csv` with the `<name>.yml` that gives its columns their types. */
export function parseSeeds(
  { seedTables, seedConfigs }: Pick<ProjectFiles, "seedTables" | "seedConfigs">,
  diagnostics: Diagnostic[],
): readonly SeedFile[] {
  const tables = new Set(seedTables.map(({ path }) => path));
  const configs = new Map(seedConfigs.map((file) => [file.path, file]));
  for (const path of configs.keys()) {
    if (tables.has(path.replace(/\.yml$/, ".csv"))) continue;
    diagnostics.push({
      path,
      message: "describes a seed that is not there",
      hint: `add ${baseName(path)}.csv beside it`,
    });
  }
  return seedTables.flatMap((table) => parseSeed(table, configs, diagnostics) ?? []);
}

function parseSeed(
  { path, sha256, firstLine }: SeedTable,
  configs: ReadonlyMap<string, TextFile>,
  diagnostics: Diagnostic[],
): SeedFile | undefined {
  const configPath = path.replace(/\.csv$/, ".yml");
  const text = configs.get(configPath)?.text;
  if (text === undefined) {
    const hint = `add ${configPath} with a description and the columns' name, data_type and description`;
    diagnostics.push({ path, message: "is a seed without a description", hint });
    return undefined;
  }
  const document = parseYamlDocument({ path: configPath, text }, diagnostics);
  if (document === undefined) return undefined;
  const yaml = parseYamlValue(seedSchema, { document, value: document.value ?? {}, path: [] }, diagnostics);
  if (yaml === undefined) return undefined;
  const documented = readDocumentation(yaml, { document, path: [] }, diagnostics);
  requireDataTypes(documented, { document, path: [] }, diagnostics);
  checkHeader(path, { source: firstLine, declared: documented.columns.map(({ name }) => name) }, diagnostics);
  return {
    name: baseName(path),
    path,
    configPath,
    configText: text,
    sha256,
    place: { line: 1, column: 1 },
    ...documented,
  };
}

/** The types go by place: a header in another order, or with other names, would fill the wrong columns. */
function checkHeader(
  path: string,
  { source, declared }: { readonly source: string; readonly declared: readonly string[] },
  diagnostics: Diagnostic[],
): void {
  if (declared.length === 0) return;
  const cells = [...source.matchAll(/(?:^|,)\s*("(?:[^"]|"")*"|[^,]*)/g)].map((match) => match[1]?.trim() ?? "");
  const header = cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
  if (JSON.stringify(header) === JSON.stringify(declared)) return;
  const message = `the header is not the columns of ${path.replace(/\.csv$/, ".yml")}: ${declared.join(", ")}`;
  diagnostics.push({ path, line: 1, column: 1, source, message, hint: "same names, same order" });
}
