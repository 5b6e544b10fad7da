import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { isMap, isScalar, parseDocument } from "yaml";

/**
 * Takes everything out of a copy of the project but these models, by their names or by folders below models/, what they and their tests read,
 * and the data tests of nothing else.
 */
export async function keepModels(root: string, models: readonly string[]): Promise<void> {
  const nodes = [...(await filesIn(root, "models", ".sql")), ...(await filesIn(root, "seeds", ".yml"))];
  const reads = new Map<string, readonly string[]>();
  for (const path of nodes) reads.set(nameOf(path), namedIn(await readFile(path, "utf8")));
  const isAsked = (path: string): boolean =>
    models.some((model) => model === nameOf(path) || path.startsWith(`${join(root, "models", model)}/`));
  const kept = new Set(nodes.filter(isAsked).map(nameOf));
  for (const name of kept) for (const other of reads.get(name) ?? []) if (reads.has(other)) kept.add(other);
  for (const path of nodes) {
    if (kept.has(nameOf(path))) continue;
    await rm(path);
    await rm(path.replace(/\.yml$/, ".csv"), { force: true });
  }
  await forgetFolders(root);
  for (const path of await filesIn(root, "tests/models", "")) {
    const isKept = path.endsWith(".sql") && namedIn(await readFile(path, "utf8")).every((name) => kept.has(name));
    if (!isKept) await rm(path);
  }
}

/** Takes the defaults of folders that hold no model any more out of project.yml. */
async function forgetFolders(root: string): Promise<void> {
  const path = join(root, "project.yml");
  const project = parseDocument(await readFile(path, "utf8"));
  const defaults = project.get("models");
  const folders = isMap(defaults) ? defaults.items.map(({ key }) => (isScalar(key) ? String(key.value) : "")) : [];
  const left = await filesIn(root, "models", ".sql");
  for (const folder of folders) {
    if (!left.some((file) => file.startsWith(join(root, "models", folder, "/")))) project.deleteIn(["models", folder]);
  }
  // As the file is written, for tests that change a setting by its text.
  await writeFile(path, project.toString({ flowCollectionPadding: false, lineWidth: 0 }));
}

/** Models and seeds that a file names, by `ref`, a relationships test or `scored_by`. */
function namedIn(text: string): readonly string[] {
  return [...text.matchAll(/\{\{ref '(\w+)'|relationships: \{ to: (\w+)|^scored_by: (\w+)/gm)].map(
    ([, ref, to, scorer]) => ref ?? to ?? scorer ?? "",
  );
}

async function filesIn(root: string, folder: string, extension: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath, entry.name));
}

function nameOf(path: string): string {
  return basename(path).replace(/\.\w+$/, "");
}
