import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { ProjectError } from "../diagnostics.ts";
import { sha256 } from "./sha256.ts";

/** The variable that names a file to be read in place of project.yml: what the scheduler found sound last. */
export const projectFileVariable = "TONEARM_PROJECT_FILE";

/** A file's content and its path relative to the project root, with forward slashes. */
export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** A seed's CSV; its rows are DuckDB's to read. */
export interface SeedTable {
  readonly path: string;
  readonly sha256: string;
  readonly firstLine: string;
}

/** The files of a project as they lie on the disk, by path in each list; nothing in them is parsed. */
export interface ProjectFiles {
  readonly config: TextFile;
  readonly models: readonly TextFile[];
  readonly macros: readonly TextFile[];
  readonly singularTests: readonly TextFile[];
  readonly genericTests: readonly TextFile[];
  readonly unitTests: readonly TextFile[];
  readonly dashboards: readonly TextFile[];
  /** selectors.yml; none or one. */
  readonly selectors: readonly TextFile[];
  readonly seedTables: readonly SeedTable[];
  readonly seedConfigs: readonly TextFile[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** project.yml below `root`, or the file that the environment names in its place. */
export function readConfigFile(root: string, environment: Environment = {}): TextFile {
  const path = "project.yml";
  try {
    return { path, text: readFileSync(environment[projectFileVariable] ?? join(root, path), "utf8") };
  } catch (error) {
    const hint = "run this in the project's folder, or give --project-dir <folder>";
    throw new ProjectError([{ path, message: `is missing or cannot be read in ${root}`, hint }], 2, { cause: error });
  }
}

/** Reads every file of the project below `root`. Of hundreds of small files, one after the other costs a quarter of a promise for each. */
export function readProjectFiles(root: string, environment: Environment = {}): ProjectFiles {
  const read = (folder: string, ending: string): readonly TextFile[] =>
    listFiles(root, folder, ending).map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
  return {
    config: readConfigFile(root, environment),
    models: read("models", ".sql"),
    macros: read("models/macros", ".hbs"),
    singularTests: read("tests/models", ".sql"),
    genericTests: read("tests/generic", ".sql"),
    unitTests: read("tests/models", ".yml"),
    dashboards: read("dashboards", ".yml"),
    selectors: readSelectors(root),
    seedTables: listFiles(root, "seeds", ".csv").map((path) => readSeedTable(root, path)),
    seedConfigs: read("seeds", ".yml"),
  };
}

function readSelectors(root: string): readonly TextFile[] {
  const path = "selectors.yml";
  return existsSync(join(root, path)) ? [{ path, text: readFileSync(join(root, path), "utf8") }] : [];
}

function readSeedTable(root: string, path: string): SeedTable {
  const csv = readFileSync(join(root, path));
  const firstLine =
    csv
      .toString("utf8")
      .replace(/^\uFEFF/, "")
      .split(/\r?\n/, 1)[0] ?? "";
  return { path, sha256: sha256(csv), firstLine };
}

/** Paths below a folder, relative to `root`, sorted; none when the folder is missing. */
function listFiles(root: string, folder: string, ending: string): readonly string[] {
  try {
    const entries = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    const paths = entries.map((entry) => `${folder}/${entry.replaceAll("\\", "/")}`);
    return paths.filter((path) => path.endsWith(ending)).toSorted();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
