import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Diagnostic, ProjectError } from "../diagnostics.ts";
import { parseDashboardFile } from "./dashboard-file.ts";
import { listFiles } from "./files.ts";
import { baseName, parseModelFile, parseSingularTest, type TextFile } from "./model-file.ts";
import { parseProjectConfig, type ProjectConfig } from "./project-config.ts";
import type { Project } from "./project.ts";
import { loadSeeds } from "./seed-file.ts";
import { parseUnitTestFile } from "./unit-test-file.ts";
import { resolveVars, type VarOverrides } from "./vars.ts";

/** The variable that names a file to be read in place of project.yml: what the scheduler found sound last. */
export const projectFileVariable = "TONEARM_PROJECT_FILE";

/** The project without its models, macros, tests and seeds: enough to land files, in a fraction of the time. */
export async function loadProjectSettings(root: string, overrides: VarOverrides = {}): Promise<Project> {
  const diagnostics: Diagnostic[] = [];
  const config = await loadConfig(root, overrides, diagnostics);
  if (config === undefined) throw new ProjectError(diagnostics);
  const { name, warehouse, alerts, health, schedules, sources } = config;
  const vars = resolveVars(config, overrides, diagnostics);
  if (diagnostics.length > 0) throw new ProjectError(diagnostics);
  const nothing = {
    models: [],
    seeds: [],
    macros: [],
    singularTests: [],
    unitTests: [],
    dashboards: [],
    configs: [config.file],
  };
  return { root, name, vars, warehouse, alerts, health, schedules, sources, ...nothing };
}

/** Reads every file of the project below `root`; throws one ProjectError with all that is wrong in single files. */
export async function loadProject(root: string, overrides: VarOverrides = {}): Promise<Project> {
  const diagnostics: Diagnostic[] = [];
  const config = await loadConfig(root, overrides, diagnostics);
  if (config === undefined) throw new ProjectError(diagnostics);
  const [models, macros, tests, unitTests, dashboards, seeds] = await Promise.all([
    readFiles(root, "models", ".sql"),
    readFiles(root, "models/macros", ".hbs"),
    readFiles(root, "tests/models", ".sql"),
    readFiles(root, "tests/models", ".yml"),
    readFiles(root, "dashboards", ".yml"),
    loadSeeds(root, diagnostics),
  ]);
  const vars = resolveVars(config, overrides, diagnostics);
  const known = { models: models.map(({ path }) => baseName(path)), vars: Object.keys(vars) };
  const project: Project = {
    root,
    name: config.name,
    vars,
    warehouse: config.warehouse,
    alerts: config.alerts,
    health: config.health,
    schedules: config.schedules,
    models: models.map((file) => parseModelFile(file, config.folders, diagnostics)),
    sources: config.sources,
    seeds,
    macros: macros.map((file) => ({ ...file, name: baseName(file.path) })),
    singularTests: tests.map((file) => parseSingularTest(file, diagnostics)),
    unitTests: unitTests.flatMap((file) => parseUnitTestFile(file, known, diagnostics)),
    dashboards: dashboards.flatMap((file) => parseDashboardFile(file, diagnostics) ?? []),
    configs: [
      config.file,
      ...dashboards,
      ...unitTests,
      ...seeds.map(({ configPath, configText }) => ({ path: configPath, text: configText })),
    ],
  };
  reportUnknownFolders(config, models, diagnostics);
  if (diagnostics.length > 0) throw new ProjectError(diagnostics);
  return project;
}

async function loadConfig(
  root: string,
  { environment }: VarOverrides,
  diagnostics: Diagnostic[],
): Promise<ProjectConfig | undefined> {
  const path = "project.yml";
  let text: string;
  try {
    text = await readFile(environment?.[projectFileVariable] ?? join(root, path), "utf8");
  } catch (error) {
    const hint = "run this in the project's folder, or give --project-dir <folder>";
    throw new ProjectError([{ path, message: `is missing or cannot be read in ${root}`, hint }], 2, { cause: error });
  }
  return parseProjectConfig(path, text, diagnostics);
}

async function readFiles(root: string, folder: string, ending: string): Promise<readonly TextFile[]> {
  const paths = await listFiles(root, folder, ending);
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), "utf8") })));
}

function reportUnknownFolders(config: ProjectConfig, models: readonly TextFile[], diagnostics: Diagnostic[]): void {
  for (const folder of Object.keys(config.folders)) {
    if (models.some(({ path }) => path.startsWith(`models/${folder}/`))) continue;
    const message = `models/${folder} holds no model`;
    diagnostics.push(
      config.document.diagnostic(["models", folder], message, "mend the folder's name or remove the key"),
    );
  }
}
