import * as z from "zod";

import { formatDiagnostic, ProjectError } from "../diagnostics.ts";
import { newRunId } from "../execution/journal.ts";
import { openRegistry } from "../learning/registry.ts";
import { loadProject } from "../project/load-project.ts";
import { withLock } from "../warehouse/locks.ts";
import { buildLoaded, buildOptions } from "./build.ts";
import type { Effects } from "./effects.ts";
import { readNewestPlay, renderNewestPlay } from "./newest-play.ts";
import { type LoadedProject, openProject, projectOptions } from "./project-options.ts";
import { renderRegistry } from "./render-registry.ts";

export const registryOptions = z.strictObject({
  ...projectOptions,
  paths: z.array(z.string()).default([]).describe("promote <model> <version>; rollback <model> [version]"),
  wait: z.coerce.number().min(0).default(0).describe("seconds to wait for another run to end"),
});

type RegistryOptions = z.infer<typeof registryOptions>;

/** Lists the versions of all trained models, or makes another one champion and rebuilds what it scores. */
export async function registry(options: RegistryOptions, effects: Effects): Promise<number> {
  const loaded = await openProject(options, effects, loadProject);
  const contents = await openRegistry(loaded.dataDir).list();
  for (const diagnostic of contents.diagnostics) effects.warn(formatDiagnostic(diagnostic));
  const [action, model, version] = options.paths;
  if (action === undefined) {
    for (const line of renderRegistry(contents)) effects.print(line);
    for (const line of renderNewestPlay(await readNewestPlay(loaded.dataDir), effects.now())) effects.print(line);
    return contents.diagnostics.length > 0 ? 1 : 0;
  }
  const number = /^[1-9]\d*$/.test(version ?? "") ? Number(version) : null;
  if (action === "rollback" && model !== undefined && (number !== null || version === undefined))
    return move({ loaded, options, action, model, version: number }, effects);
  if (action === "promote" && model !== undefined && number !== null)
    return move({ loaded, options, action, model, version: number }, effects);
  const hint = "npm run registry -- promote mood_regression 3; npm run registry -- rollback mood_regression";
  throw new ProjectError([{ path: options.paths.join(" "), message: "is nothing that registry can do", hint }]);
}

interface Move {
  readonly loaded: LoadedProject;
  readonly options: RegistryOptions;
  readonly action: "promote" | "rollback";
  readonly model: string;
  /** Null, of a rollback: the champion before this one. */
  readonly version: number | null;
}

async function move({ loaded, options, action, model, version }: Move, effects: Effects): Promise<number> {
  const { dataDir } = loaded;
  const at = effects.now();
  const lock = {
    dataDir,
    name: "build" as const,
    command: "tonearm registry",
    runId: newRunId(at, effects.pid),
    startedAt: at,
  };
  const why = { at: at.toISOString(), reason: action === "rollback" ? "rolled back by hand" : "promoted by hand" };
  const champion = await withLock({ ...lock, waitSeconds: options.wait }, async () => {
    const models = openRegistry(dataDir);
    if (action === "rollback" || version === null) return models.rollback(model, why, version);
    await models.promote({ [model]: version }, why);
    return version;
  });
  effects.print(`${model}: version ${champion} is champion.`);
  const { projectDir, vars, wait } = options;
  return buildLoaded(loaded, buildOptions.parse({ projectDir, vars, wait }), effects);
}
