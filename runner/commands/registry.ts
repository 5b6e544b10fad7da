import { z } from "zod";

import { formatDiagnostic, ProjectError } from "../diagnostics.ts";
import { newRunId } from "../execution/journal.ts";
import { openRegistry, type RegistryContents } from "../learning/registry.ts";
import { loadProject } from "../project/load-project.ts";
import { withLock } from "../warehouse/locks.ts";
import { buildLoaded, buildOptions } from "./build.ts";
import type { Effects } from "./effects.ts";
import { landPromotion } from "./land-decision.ts";
import { type LoadedProject, openProject, projectOptions } from "./project-options.ts";
import { alignTable } from "./text-table.ts";

export const registryOptions = z.strictObject({
  ...projectOptions,
  paths: z.array(z.string()).default([]).describe("promote <model> <version>; rollback <model>"),
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
    return contents.diagnostics.length > 0 ? 1 : 0;
  }
  if (action === "rollback" && model !== undefined) return move({ loaded, options, model, version: null }, effects);
  if (action === "promote" && model !== undefined && /^[1-9]\d*$/.test(version ?? ""))
    return move({ loaded, options, model, version: Number(version) }, effects);
  const hint = "npm run registry -- promote mood_regression 3; npm run registry -- rollback mood_regression";
  throw new ProjectError([{ path: options.paths.join(" "), message: "is nothing that registry can do", hint }]);
}

interface Move {
  readonly loaded: LoadedProject;
  readonly options: RegistryOptions;
  readonly model: string;
  /** Null: the champion before this one. */
  readonly version: number | null;
}

async function move({ loaded, options, model, version }: Move, effects: Effects): Promise<number> {
  const { dataDir } = loaded;
  const at = effects.now();
  const lock = {
    dataDir,
    name: "build" as const,
    command: "tonearm registry",
    runId: newRunId(at, effects.pid),
    startedAt: at,
  };
  const why = { at: at.toISOString(), reason: version === null ? "rolled back by hand" : "promoted by hand" };
  const champion = await withLock({ ...lock, waitSeconds: options.wait }, async () => {
    const models = openRegistry(dataDir);
    if (version === null) return models.rollback(model, why);
    await models.promote({ [model]: version }, why);
    return version;
  });
  await landPromotion(loaded, { model, version: champion, reason: why.reason }, effects);
  effects.print(`${model}: version ${champion} is champion.`);
  const { projectDir, vars, wait } = options;
  return buildLoaded(loaded, buildOptions.parse({ projectDir, vars, wait }), effects);
}

function renderRegistry({ versions, aliases, history }: RegistryContents): readonly string[] {
  if (versions.length === 0) return ["No model has been trained yet: npm run train"];
  const rows = versions.map(({ model, version, record }) => [
    model,
    version,
    role(aliases[model], version),
    record.algorithm,
    record.metrics["test_rmse"] ?? record.metrics["log_loss"] ?? null,
    record.metrics["baseline_rmse"] ?? record.metrics["baseline_log_loss"] ?? null,
    record.rows.total,
    new Date(record.trainedAt),
  ]);
  const decisions = history.flatMap((entry) =>
    entry.event === "decided"
      ? [
          `${entry.decision.at.slice(0, 16).replace("T", " ")}  ${entry.model} ${entry.challenger}: ${entry.decision.reason}`,
        ]
      : [],
  );
  return [
    ...alignTable(["model", "version", "alias", "algorithm", "loss", "baseline", "rows", "trained at (UTC)"], rows),
    "",
    "Decisions",
    ...decisions.slice(-20),
  ];
}

function role(of: RegistryContents["aliases"][string] | undefined, version: number): string {
  if (of?.champion?.version === version) return "champion";
  return of?.challenger?.version === version ? "challenger" : "";
}
