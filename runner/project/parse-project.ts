import { type Diagnostic, ProjectError } from "../diagnostics.ts";
import { parseDashboardFile } from "./dashboard-file.ts";
import { baseName, parseGenericTest, parseModelFile, parseSingularTest } from "./model-file.ts";
import { parseProjectConfig, type ProjectConfig } from "./project-config.ts";
import type { ProjectFiles, TextFile } from "./project-files.ts";
import type { ProjectContent, UnitTest } from "./project.ts";
import { parseSeeds } from "./seed-file.ts";
import { parseSelectorFile } from "./selector-file.ts";
import { parseUnitTestFile } from "./unit-test-file.ts";
import { resolveVars, type VarOverrides } from "./vars.ts";

const noFiles: Omit<ProjectFiles, "config"> = {
  models: [],
  macros: [],
  singularTests: [],
  genericTests: [],
  unitTests: [],
  dashboards: [],
  selectors: [],
  seedTables: [],
  seedConfigs: [],
};

/** What project.yml alone says: the project without its models, macros, tests and seeds. */
export function parseProjectSettings(file: TextFile, overrides: VarOverrides): ProjectContent {
  const diagnostics: Diagnostic[] = [];
  const config = parseConfig(file, diagnostics);
  return assemble({ config, files: { config: file, ...noFiles }, overrides }, diagnostics);
}

/** Parses every file of a project; throws one ProjectError with all that is wrong in single files. */
export function parseProject(files: ProjectFiles, overrides: VarOverrides): ProjectContent {
  const diagnostics: Diagnostic[] = [];
  const config = parseConfig(files.config, diagnostics);
  reportUnknownFolders(config, files.models, diagnostics);
  return assemble({ config, files, overrides }, diagnostics);
}

function parseConfig({ path, text }: TextFile, diagnostics: Diagnostic[]): ProjectConfig {
  const config = parseProjectConfig(path, text, diagnostics);
  if (config === undefined) throw new ProjectError(diagnostics);
  return config;
}

interface Parts {
  readonly config: ProjectConfig;
  readonly files: ProjectFiles;
  readonly overrides: VarOverrides;
}

function assemble({ config, files, overrides }: Parts, diagnostics: Diagnostic[]): ProjectContent {
  const { name, warehouse, alerts, health, schedules, sources } = config;
  const seeds = parseSeeds(files, diagnostics);
  const vars = resolveVars(config, overrides, diagnostics);
  const known = { models: files.models.map(({ path }) => baseName(path)), vars: Object.keys(vars) };
  const project: ProjectContent = {
    name,
    vars,
    warehouse,
    alerts,
    health,
    schedules,
    models: files.models.map((file) => parseModelFile(file, config.folders, diagnostics)),
    sources,
    seeds,
    macros: files.macros.map((file) => ({ ...file, name: baseName(file.path) })),
    singularTests: files.singularTests.map((file) => parseSingularTest(file, diagnostics)),
    genericTests: files.genericTests.map((file) => parseGenericTest(file, diagnostics)),
    unitTests: files.unitTests.flatMap((file) => parseUnitTestFile(file, known, diagnostics)),
    dashboards: files.dashboards.flatMap((file) => parseDashboardFile(file, diagnostics) ?? []),
    selectors: files.selectors.flatMap((file) => parseSelectorFile(file, diagnostics)),
    configs: [
      config.file,
      ...files.selectors,
      ...files.dashboards,
      ...files.unitTests,
      ...seeds.map(({ configPath, configText }) => ({ path: configPath, text: configText })),
    ],
  };
  diagnostics.push(...repeatedUnitTests(project));
  if (diagnostics.length > 0) throw new ProjectError(diagnostics);
  return project;
}

/** Two unit tests of one name would be one for every selector and artefact. */
function repeatedUnitTests({ unitTests, configs }: ProjectContent): readonly Diagnostic[] {
  const texts = new Map(configs.map(({ path, text }) => [path, text.split("\n")]));
  const first = new Map<string, UnitTest>();
  return unitTests.flatMap((test) => {
    const key = `${test.model}.${test.name}`;
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, test);
      return [];
    }
    const { path, place } = test;
    const source = texts.get(path)?.[place.line - 1] ?? "";
    const message = `${test.model} has a unit test '${test.name}' already, at ${other.path}:${other.place.line}`;
    return [{ path, ...place, source, message, hint: "names of unit tests are unique within their model" }];
  });
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
