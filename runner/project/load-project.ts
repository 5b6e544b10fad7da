import { projectFileVariable, readConfigFile, readProjectFiles } from "./project-files.ts";
import type { Project } from "./project.ts";
import type { VarOverrides } from "./vars.ts";

/** Gives the document that `make` made of equal inputs before, where one is kept under `name`; else makes it. Inputs and documents are JSON. */
export type DocumentCache = <Document>(
  name: string,
  inputs: readonly unknown[],
  make: () => Promise<Document>,
) => Promise<Document>;

const noCache: DocumentCache = (_name, _inputs, make) => make();

/** The project without its models, macros, tests and seeds: enough to land files, in a fraction of the time. */
export async function loadProjectSettings(
  root: string,
  overrides: VarOverrides = {},
  cache: DocumentCache = noCache,
): Promise<Project> {
  const file = readConfigFile(root, overrides.environment);
  const content = await cache("settings", [file, shapingVars(overrides)], async () => {
    const { parseProjectSettings } = await import("./parse-project.ts");
    return parseProjectSettings(file, overrides);
  });
  return { root, ...content };
}

/** Reads every file of the project below `root`; throws one ProjectError with all that is wrong in single files. */
export async function loadProject(
  root: string,
  overrides: VarOverrides = {},
  cache: DocumentCache = noCache,
): Promise<Project> {
  const files = readProjectFiles(root, overrides.environment);
  const content = await cache("project", [files, shapingVars(overrides)], async () => {
    const { parseProject } = await import("./parse-project.ts");
    return parseProject(files, overrides);
  });
  return { root, ...content };
}

/** Of the command line and the environment, what may set a var. */
function shapingVars({ flags = {}, environment = {} }: VarOverrides): unknown {
  const set = Object.entries(environment).filter(
    ([name]) => name.startsWith("TONEARM_") && name !== projectFileVariable,
  );
  return [flags, Object.fromEntries(set.toSorted(([left], [right]) => (left < right ? -1 : 1)))];
}
