import { isDeepStrictEqual } from "node:util";

import { z } from "zod";

import type { Manifest, ModelNode } from "../compile/manifest.ts";
import { formatDiagnostic } from "../diagnostics.ts";
import { newRunId } from "../execution/journal.ts";
import { selectNodes } from "../graph/select-nodes.ts";
import { openRegistry } from "../learning/registry.ts";
import { toColumns } from "../learning/score-relation.ts";
import { trainInWorker } from "../learning/train-in-worker.ts";
import type { TrainingResult } from "../learning/training.ts";
import { type ModelConfig, parseModelConfig } from "../learning/model-config.ts";
import { withLock } from "../warehouse/locks.ts";
import { type CurrentRelease, readCurrentRelease } from "../warehouse/releases.ts";
import { buildLoaded, buildOptions } from "./build.ts";
import { compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { landDecision } from "./land-decision.ts";
import { engineVersion, type LoadedProject, openProject, projectOptions, selectionOptions } from "./project-options.ts";
import { withRelease } from "./read-release.ts";
import { skipPinned } from "./skip-pinned.ts";
import { codeToOutcome, recordStage } from "./record-stage.ts";

export const trainOptions = z.strictObject({
  ...projectOptions,
  ...selectionOptions,
  force: z.boolean().default(false).describe("train although nothing changed"),
  wait: z.coerce.number().min(0).default(0).describe("seconds to wait for another run to end"),
  scheduled: z.boolean().default(false).describe("leave a release alone that a rollback pinned"),
});

type TrainOptions = z.infer<typeof trainOptions>;

/** Fixes which groups are held out, so that no champion has seen a challenger's test rows. */
const seed = "tonearm";

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
  const chosen = new Set(selectNodes(manifest, options));
  const models = manifest.order
    .flatMap((uniqueId) => manifest.nodes[uniqueId] ?? [])
    .filter((node): node is ModelNode => node.resourceType === "model" && node.training !== null)
    .filter(({ uniqueId }) => chosen.has(uniqueId));
  if (models.length === 0) {
    effects.print("There is no trained model in what is selected.");
    return 0;
  }
  const built = await buildSets(models, { loaded, options }, effects);
  const release = await readCurrentRelease(loaded.dataDir);
  if (release === null) return built;
  const toServe: Record<string, number> = {};
  let code = built;
  for (const node of models) {
    const outcome = await trainOne(node, { loaded, manifest, release, options }, effects);
    if (outcome === "failed") code = 1;
    else if (outcome !== null) toServe[node.name] = outcome;
  }
  return (await serve(toServe, { loaded, options }, effects)) || code;
}

interface Request {
  readonly loaded: LoadedProject;
  readonly options: TrainOptions;
}

/** Training sets are tables like others: what they read is built with them. */
async function buildSets(
  models: readonly ModelNode[],
  { loaded, options }: Request,
  effects: Effects,
): Promise<number> {
  const select = models.map(({ name }) => `+${name}`);
  const { projectDir, vars, wait } = options;
  return buildLoaded(loaded, buildOptions.parse({ projectDir, vars, wait, select }), effects);
}

interface Training extends Request {
  readonly manifest: Manifest;
  readonly release: CurrentRelease;
}

/** The version that is to serve from now on, null where nothing changes. */
async function trainOne(node: ModelNode, of: Training, effects: Effects): Promise<number | null | "failed"> {
  const { loaded, release, options } = of;
  const fail = (problems: readonly string[]): "failed" => refuse(node, problems, effects);
  const config = parseModelConfig(node.training);
  if ("problems" in config) return fail(config.problems);
  const state = release.state.nodes[node.uniqueId];
  if (state === undefined) return fail([`${node.relation} has not been built`]);
  if (state.rows === 0) {
    effects.print(`${node.name}: not trained: there are no rows to learn from yet.`);
    return null;
  }
  const registry = openRegistry(loaded.dataDir);
  const last = await registry.lastDecision(node.name);
  // Before the rows are read: most runs find nothing new.
  const isSame = last?.dataHash === state.contentHash && (await isLastConfig(loaded.dataDir, node.name, config));
  if (isSame && !options.force) {
    effects.print(`${node.name}: not trained: neither rows nor settings changed since ${last.at.slice(0, 10)}.`);
    return null;
  }
  const champion = await registry.champion(node.name);
  if ("diagnostic" in champion) effects.warn(formatDiagnostic(champion.diagnostic));
  const rows = await withRelease(release.path, async (connection) =>
    toColumns(await connection.query(`select * from ${node.relation} order by ${config.key}`)),
  );
  const now = effects.now();
  const result = await trainInWorker({
    model: node.name,
    config,
    rows,
    champion: "version" in champion ? champion.version : null,
    lastDecision: last,
    seed,
    now: now.toISOString(),
    origin: { runId: newRunId(now, effects.pid), dataHash: state.contentHash, codeVersion: await engineVersion() },
    isForced: options.force,
  });
  if (result.status === "refused") return fail(result.problems);
  return enter(node, { result, of }, effects);
}

function refuse({ path }: ModelNode, problems: readonly string[], effects: Effects): "failed" {
  const place = { path, line: 1, column: 1 };
  const hint = "The champion, where there is one, goes on serving.";
  for (const message of problems) effects.warn(formatDiagnostic({ ...place, message, hint }));
  return "failed";
}

async function isLastConfig(dataDir: string, model: string, config: ModelConfig): Promise<boolean> {
  const { versions } = await openRegistry(dataDir).list();
  const last = versions.findLast((version) => version.model === model);
  return last !== undefined && isDeepStrictEqual(last.record.config, JSON.parse(JSON.stringify(config)));
}

async function enter(
  node: ModelNode,
  { result, of }: { readonly result: Exclude<TrainingResult, { status: "refused" }>; readonly of: Training },
  effects: Effects,
): Promise<number | null> {
  if (result.status === "skipped") {
    effects.print(`${node.name}: not trained: ${result.reason}`);
    return null;
  }
  for (const warning of result.warnings) effects.warn(`${node.name}: ${warning}`);
  const { dataDir } = of.loaded;
  const entered = await withLock(buildLock(of, effects), () => openRegistry(dataDir).enter(result));
  await landDecision(of.loaded, { result, entered }, effects);
  effects.print(`${node.name}: version ${entered.challenger}: ${result.decision.reason}`);
  return entered.toServe;
}

/** Rebuilds what the new versions score and what reads it; only then they become champions. */
async function serve(
  pinnedVersions: Readonly<Record<string, number>>,
  request: Request,
  effects: Effects,
): Promise<number> {
  const { projectDir, vars, wait } = request.options;
  const code = await buildLoaded(
    request.loaded,
    { ...buildOptions.parse({ projectDir, vars, wait }), pinnedVersions },
    effects,
  );
  if (Object.keys(pinnedVersions).length === 0) return code;
  if (code !== 0) {
    effects.warn(
      "No model was promoted: the build with the new versions failed. npm run train promotes them once it passes.",
    );
    return code;
  }
  const why = { at: effects.now().toISOString(), reason: "better on rows that none had seen" };
  await withLock(buildLock(request, effects), () => openRegistry(request.loaded.dataDir).promote(pinnedVersions, why));
  for (const [model, version] of Object.entries(pinnedVersions))
    effects.print(`${model}: version ${version} is champion.`);
  return 0;
}

function buildLock({ loaded, options }: Request, effects: Effects): Parameters<typeof withLock>[0] {
  return {
    dataDir: loaded.dataDir,
    name: "build",
    command: "tonearm train",
    runId: newRunId(effects.now(), effects.pid),
    startedAt: effects.now(),
    waitSeconds: options.wait,
  };
}
