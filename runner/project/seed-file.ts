import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import type { Diagnostic } from "../diagnostics.ts";
import { documentationShape, readDocumentation, requireDataTypes } from "./documentation.ts";
import { listFiles, sha256 } from "./files.ts";
import { baseName } from "./model-file.ts";
import type { SeedFile } from "./project.ts";
import { parseYamlDocument, parseYamlValue } from "./yaml-document.ts";

const seedSchema = z.strictObject(documentationShape);

/** Every `seeds/<name>.csv` with the `<name>.yml` that gives its columns their types. */
export async function loadSeeds(root: string, diagnostics: Diagnostic[]): Promise<readonly SeedFile[]> {
  const [tables, descriptions] = await Promise.all([
    listFiles(root, "seeds", ".csv"),
    listFiles(root, "seeds", ".yml"),
  ]);
  for (const path of descriptions) {
    if (tables.includes(path.replace(/\.yml$/, ".csv"))) continue;
    diagnostics.push({
      path,
      message: "describes a seed that is not there",
      hint: `add ${baseName(path)}.csv beside it`,
    });
  }
  const seeds = await Promise.all(tables.map((path) => loadSeed(root, path, diagnostics)));
  return seeds.filter((seed) => seed !== undefined);
}

async function loadSeed(root: string, path: string, diagnostics: Diagnostic[]): Promise<SeedFile | undefined> {
  const configPath = path.replace(/\.csv$/, ".yml");
  const csv = await readFile(join(root, path));
  const text = await readFile(join(root, configPath), "utf8").catch(() => undefined);
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
  checkHeader(path, { csv: csv.toString("utf8"), declared: documented.columns.map(({ name }) => name) }, diagnostics);
  return {
    name: baseName(path),
    path,
    configPath,
    configText: text,
    sha256: sha256(csv),
    place: { line: 1, column: 1 },
    ...documented,
  };
}

/** The types go by place: a header in another order, or with other names, would fill the wrong columns. */
function checkHeader(
  path: string,
  { csv, declared }: { readonly csv: string; readonly declared: readonly string[] },
  diagnostics: Diagnostic[],
): void {
  if (declared.length === 0) return;
  const source = csv.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0] ?? "";
  const cells = [...source.matchAll(/(?:^|,)\s*("(?:[^"]|"")*"|[^,]*)/g)].map((match) => match[1]?.trim() ?? "");
  const header = cells.map((cell) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell));
  if (JSON.stringify(header) === JSON.stringify(declared)) return;
  const message = `the header is not the columns of ${path.replace(/\.csv$/, ".yml")}: ${declared.join(", ")}`;
  diagnostics.push({ path, line: 1, column: 1, source, message, hint: "same names, same order" });
}
