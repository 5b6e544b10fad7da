import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The hash of all sources that a bundle was made of; not defined where they are run as they are. */
declare const CODE_VERSION: string | undefined;

const runner = fileURLToPath(new URL("..", import.meta.url));

/** What a project and a manifest are made by, and files are read by: our own code, DuckDB's part in it included, and the libraries that read YAML and templates. */
const folders = [".", "project", "compile", "warehouse", "ingest"];
const libraries = ["handlebars", "yaml", "zod"];

let known: string | undefined;

/** Changes when the code that makes projects and manifests, or reads what lands, does. */
export function codeVersion(): string {
  if (typeof CODE_VERSION === "string") return CODE_VERSION;
  known ??= hashFiles([
    ...folders.flatMap((folder) => filesIn(join(runner, folder))),
    ...libraries.map((name) => fileURLToPath(import.meta.resolve(`${name}/package.json`))),
  ]);
  return known;
}

function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
}

function hashFiles(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) {
    const content = readFileSync(path);
    hash.update(`${path} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}
