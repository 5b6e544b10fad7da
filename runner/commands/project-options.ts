import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import * as z from "zod";

import { resourceTypes } from "../graph/resources.ts";
import { indirectSelections } from "../graph/select-nodes.ts";
import { loadProject } from "../project/load-project.ts";
import type { Project } from "../project/project.ts";
import { fillTimezone } from "../project/fill-timezone.ts";
import { writeWhole } from "../warehouse/write-whole.ts";
import { labelDemo, readDemoMarker } from "./demo-marker.ts";
import { documentCache } from "./document-cache.ts";
import type { Effects, Vars } from "./effects.ts";

const noVars = "{}";

/** Options of every command that reads the project. */
export const projectOptions = {
  projectDir: z.string().default(".").describe("folder of project.yml"),
  vars: z.string().default(noVars).describe("vars as YAML, e.g. '{min_ms_played: 0}'"),
  threads: z.coerce.number().int().positive().optional().describe("threads of DuckDB, and nodes built at a time"),
};

/** Options of every command that selects nodes. */
export const selectionOptions = {
  select: z
    .array(z.string())
    .default([])
    .describe(
      "nodes: name, tag:x, path:x, source:x, state:modified, result:error; + for upstream or downstream, @ for both",
    ),
  exclude: z.array(z.string()).default([]).describe("nodes to leave out, written the same way"),
  selector: z.string().optional().describe("a selection that selectors.yml gives this name, in place of --select"),
  resourceType: z
    .array(z.enum(resourceTypes))
    .optional()
    .describe(`only these kinds: ${resourceTypes.join(", ")}`),
  state: z.string().optional().describe("folder of the manifest.json, run_results.json that state: and result: mean"),
};

/** Of commands that tell tests apart; a build runs all tests of what it builds, in the transaction of the last node that they read. */
export const indirectSelectionOption = {
  indirectSelection: z
    .enum(indirectSelections)
    .optional()
    .describe(`which tests come with a node: ${indirectSelections.join(", ")}`),
};

export interface LoadedProject {
  readonly project: Project;
  /** Absolute. */
  readonly dataDir: string;
  /** Where exports are dropped; absolute. */
  readonly inbox: string;
  /** What says that the data is made up; null for a real life. */
  readonly notice: string | null;
}

export interface ProjectOptionValues {
  readonly projectDir: string;
  readonly vars: string;
  readonly threads?: number | undefined;
}

/** Loads the project and settles its folders and vars: flags beat environment beats project.yml. */
export async function openProject(
  options: ProjectOptionValues,
  effects: Effects,
  load: typeof loadProject = loadProject,
): Promise<LoadedProject> {
  const root = resolve(effects.cwd, options.projectDir);
  const dataDir = resolve(root, effects.environment["DATA_DIR"] ?? "data");
  const demo = await readDemoMarker(dataDir);
  const environment = demo === null ? effects.environment : { TONEARM_TIMEZONE: demo.timezone, ...effects.environment };
  const overrides = { flags: await readVars(options.vars), environment };
  const loaded = await load(root, overrides, documentCache(root));
  const filled = await fillTimezone(demo === null ? loaded : labelDemo(loaded), (line) => effects.print(line));
  const threads = options.threads ?? filled.warehouse.threads;
  const project = { ...filled, warehouse: { ...filled.warehouse, threads } };
  // Lives do not mix: the inbox of another DATA_DIR lies in it.
  const inbox = join(effects.environment["DATA_DIR"] === undefined ? root : dataDir, "inbox");
  return { project, dataDir, inbox, notice: demo?.notice ?? null };
}

/** Today in the project's time zone, YYYY-MM-DD: what {{run_date}} gives. */
export function localDate(now: Date, project: Project): string {
  const timeZone = projectTimezone(project);
  return new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(now);
}

/** The IANA time zone of local hours and days, and of cron expressions. */
export function projectTimezone({ vars }: Pick<Project, "vars">): string {
  const timezone = vars["timezone"];
  return typeof timezone === "string" ? timezone : "UTC";
}

/** The version of the DuckDB package, without loading it. */
export async function engineVersion(): Promise<string> {
  const path = new URL(import.meta.resolve("@duckdb/node-api/package.json"));
  return z.object({ version: z.string() }).parse(JSON.parse(await readFile(path, "utf8"))).version;
}

/** Writes one of the four documents, or a compiled file, below `target/`. */
export async function writeTarget(root: string, name: string, content: string): Promise<void> {
  await writeWhole(join(root, "target", name), content);
}

async function readVars(text: string): Promise<Vars> {
  return text === noVars ? {} : (await import("./parse-vars.ts")).parseVars(text);
}
