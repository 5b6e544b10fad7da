import * as z from "zod";

import type { Manifest, ModelNode } from "../compile/manifest.ts";

import type { Decision } from "../learning/decision.ts";
import { hashConfig } from "../learning/enough-new-rows.ts";
import { type ModelConfig, parseModelConfig } from "../learning/model-config.ts";
import { readWholeHistory, type WholeHistory } from "../learning/whole-history.ts";
import { type CurrentRelease, readCurrentRelease } from "../warehouse/releases.ts";
import { buildCompiled, buildOptions } from "./build.ts";
import { compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { refuseTraining } from "./refuse-training.ts";
import { type LoadedProject, openProject, projectOptions, selectionOptions } from "./project-options.ts";
import { codeToOutcome, recordStage } from "./record-stage.ts";
import { readSelectedNodes } from "./select.ts";
import { skipPinned } from "./skip-pinned.ts";

export const trainOptions = z.strictObject({
  ...projectOptions,
  ...selectionOptions,
  force: z.boolean().default(false).describe("train although nothing changed"),
  wait: z.coerce.number().min(0).default(0).describe("seconds to wait for another run to end"),
  scheduled: z.boolean().default(false).describe("leave a release alone that a rollback pinned"),
});

interface TrainOptions extends z.infer<typeof trainOptions> {
  /** A model that never learned waits for more rows, which is no failure: a young life has few. */
  readonly isPatient?: boolean;
}

/** A model whose training set stands in a release, and what was decided about it before. */
export interface DueTraining {
  readonly node: ModelNode;
  readonly config: ModelConfig;
  /** Of the training set. */
  readonly contentHash: string;
  readonly rows: number;
  readonly last: Decision | null;
}

/** What all trainings of a run share. */
export interface TrainRun {
  readonly loaded: LoadedProject;
  readonly manifest: Manifest;
  readonly options: TrainOptions;
}

/** Trains challengers, promotes those that are better, rebuilds what they score; 1 when a model could not be trained. */
export async function train(options: TrainOptions, effects: Effects): Promise<number> {
  const loaded = await openProject(options, effects);
  if (options.scheduled && (await skipPinned({ dataDir: loaded.dataDir, command: "train" }, effects))) return 0;
  return recordStage({ loaded, command: "train", stage: "train" }, effects, async (recorded) =>
    codeToOutcome(await trainLoaded(loaded, options, recorded)),
  );
}

/** The same for a project that is already loaded. */
export async function trainLoaded(loaded: LoadedProject, options: TrainOptions, effects: Effects): Promise<number> {
  const manifest = await compileLoaded(loaded.project, effects);
  const chosen = new Set(await readSelectedNodes(manifest, options, effects));
  const models = manifest.order
    .flatMap((uniqueId) => manifest.nodes[uniqueId] ?? [])
    .filter((node): node is ModelNode => node.resourceType === "model" && node.training !== null)
    .filter(({ uniqueId }) => chosen.has(uniqueId));
  if (models.length === 0) {
    effects.print("There is no trained model in what is selected.");
    return 0;
  }
  const run = { loaded, manifest, options };
  const built = await buildSets(models, run, effects);
  const release = await readCurrentRelease(loaded.dataDir);
  if (release === null) return built;
  const history = await readWholeHistory(loaded.dataDir);
  const due: DueTraining[] = [];
  let code = built;
  for (const node of models) {
    const found = findDue(node, { ...run, release, history }, effects);
    if (found === "refused") code = 1;
    else if (found !== null) due.push(found);
  }
  const { pending } = await readWholeHistory(loaded.dataDir);
  // Nothing new: what a build by hand would do is left to one.
  if (code === 0 && due.length === 0 && Object.keys(pending).length === 0) return 0;
  if (due.length > 0) {
    const { trainDue } = await import("./train-due.ts");
    if (!(await trainDue(due, { ...run, release }, effects))) code = 1;
  }
  return (await serve(run, effects)) || code;
}

/**
 * Training sets are tables like others: what they read is built with them. A promotion that a kill interrupted is ended
 * first, so that no challenger meets a champion that is on its way out.
 */
async function buildSets(models: readonly ModelNode[], run: TrainRun, effects: Effects): Promise<number> {
  const { pending } = await readWholeHistory(run.loaded.dataDir);
  const select = Object.keys(pending).length > 0 ? [] : models.map(({ name }) => `+${name}`);
  return buildSelected(run, select, effects);
}

async function buildSelected({ loaded, manifest, options }: TrainRun, select: readonly string[], effects: Effects) {
  const { projectDir, vars, wait } = options;
  const build = buildOptions.parse({ projectDir, vars, wait, select });
  return buildCompiled(loaded, build, { ...effects, compile: () => Promise.resolve(manifest) });
}

interface Standing extends TrainRun {
  readonly release: CurrentRelease;
  readonly history: WholeHistory;
}

/** The training a model is due for; null, and said so, where nothing changed since the last. */
function findDue(node: ModelNode, of: Standing, effects: Effects): DueTraining | null | "refused" {
  const config = parseModelConfig(node.training);
  if ("problems" in config) return refuseTraining(node, config.problems, effects);
  const state = of.release.state.nodes[node.uniqueId];
  if (state === undefined) return refuseTraining(node, ["The training set could not be built."], effects);
  if (state.held !== null)
    return refuseTraining(node, [`The training set is held since ${state.held.since}: ${state.held.reason}`], effects);
  const entry = of.history.history.findLast((one) => one.event === "decided" && one.model === node.name);
  const last = entry?.event === "decided" ? entry.decision : null;
  if (state.rows === 0 && state.held === null && last === null) {
    effects.print(`${node.name}: not trained: there are no rows to learn from yet (${node.path}).`);
    return null;
  }
  const { contentHash, rows } = state;
  // Before anything of learning is loaded: most runs find nothing new.
  if (!of.options.force && last?.dataHash === contentHash && last.configHash === hashConfig(config)) {
    effects.print(`${node.name}: not trained: neither rows nor settings changed since ${last.at.slice(0, 10)}.`);
    return null;
  }
  return { node, config, contentHash, rows: rows ?? 0, last };
}

/** Rebuilds what new versions score and what reads it; the build makes them champions once it is published. */
async function serve(run: TrainRun, effects: Effects): Promise<number> {
  const code = await buildSelected(run, [], effects);
  const { pending } = await readWholeHistory(run.loaded.dataDir);
  for (const [model, version] of Object.entries(pending)) {
    effects.warn(
      `${model}: version ${version} is not champion yet: what it scores could not be built. The next build that passes makes it one.`,
    );
  }
  return code;
}
