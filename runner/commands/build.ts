import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";

import { z } from "zod";

import type { Manifest } from "../compile/manifest.ts";
import { executePlan } from "../execution/execute-plan.ts";
import { type Journal, newRunId, openJournal } from "../execution/journal.ts";
import { writeMetaTables } from "../execution/meta-tables.ts";
import { changedRelations, isChanged, nextState } from "../execution/publish.ts";
import { hasFailed, isWithheld, type RunResults } from "../execution/run-results.ts";
import { emptyState } from "../graph/build-state.ts";
import { hasWork, planBuild, type Plan, withoutTests } from "../graph/plan.ts";
import { selectNodes } from "../graph/select-nodes.ts";
import { listBatches } from "../ingest/batches.ts";
import { collectRemoved } from "../ingest/remove-landings.ts";
import type { BuildDatabaseOptions } from "../warehouse/build-database.ts";
import { dataPaths, temporaryFolder } from "../warehouse/data-folder.ts";
import { withLock, withLockIfFree } from "../warehouse/locks.ts";
import { prepareBuild } from "../warehouse/prepare-build.ts";
import { publishBuild } from "../warehouse/publish-build.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { compileLoaded } from "./compile.ts";
import { describeHolder } from "../warehouse/locks.ts";
import type { Effects } from "./effects.ts";
import {
  engineVersion,
  type LoadedProject,
  openProject,
  projectOptions,
  selectionOptions,
  writeTarget,
} from "./project-options.ts";
import { renderDone, renderNode } from "./render-results.ts";
import { championHashes, scoring } from "./scoring.ts";

export const buildOptions = z.strictObject({
  ...projectOptions,
  ...selectionOptions,
  fullRefresh: z.boolean().default(false).describe("build incremental models whole"),
  force: z.boolean().default(false).describe("build what is selected although nothing changed"),
  wait: z.coerce.number().min(0).default(0).describe("seconds to wait for another run to end"),
});

interface BuildOptions extends z.infer<typeof buildOptions> {
  /** Into an empty file, of which no block has held a row before, instead of a copy of the current release. */
  readonly fromNothing?: boolean;
  /** Trained model → the version that scores, instead of its champion. */
  readonly pinnedVersions?: Readonly<Record<string, number>>;
}

/** Builds, tests and publishes what is selected and has changed; 1 when a node or a test failed. */
export async function build(options: BuildOptions, effects: Effects): Promise<number> {
  const loaded = await openProject(options, effects);
  return buildLoaded(loaded, options, effects);
}

/** The same for a project that is already loaded. */
export async function buildLoaded(loaded: LoadedProject, options: BuildOptions, effects: Effects): Promise<number> {
  const manifest = await compileLoaded(loaded.project, effects);
  const selected = selectNodes(manifest, options);
  const plan = await makePlan({ manifest, selected, loaded, options });
  const current = await readCurrentRelease(loaded.dataDir);
  const isSound = current === null || current.warehouse === "linked";
  if (!hasWork(plan) && isSound) {
    effects.print(`Nothing to do: all ${plan.nodes.length} nodes are as their inputs and SQL ask.`);
    return 0;
  }
  const runId = newRunId(effects.now(), effects.pid);
  const lock = {
    dataDir: loaded.dataDir,
    name: "build" as const,
    command: "tonearm build",
    runId,
    startedAt: effects.now(),
    waitSeconds: options.wait,
    onWait: (holder: Parameters<typeof describeHolder>[0]) => effects.print(`Waiting for ${describeHolder(holder)} …`),
  };
  // The release may have changed between the plan and the lock: inside, it is made again.
  return withLock(lock, () => runLocked({ manifest, selected, loaded, options, runId }, effects));
}

interface PlanRequest {
  readonly manifest: Manifest;
  readonly selected: readonly string[];
  readonly loaded: LoadedProject;
  readonly options: BuildOptions;
}

interface RunRequest extends PlanRequest {
  readonly runId: string;
}

async function makePlan({ manifest, selected, loaded, options }: PlanRequest): Promise<Plan> {
  const current = await readCurrentRelease(loaded.dataDir);
  const state = options.fromNothing === true ? emptyState : (current?.state ?? emptyState);
  const surroundings = {
    engine: await engineVersion(),
    dataDir: loaded.dataDir,
    batches: await listBatches(loaded.dataDir),
    champions: await championHashes(loaded.dataDir, options.pinnedVersions ?? {}),
  };
  const plan = planBuild(manifest, selected, { state, surroundings, options });
  await writeTarget(loaded.project.root, "plan.json", JSON.stringify(plan));
  return plan;
}

async function runLocked(request: RunRequest, effects: Effects): Promise<number> {
  const { loaded, runId } = request;
  const journal = await openJournal(loaded.dataDir, runId, effects.now);
  const started = effects.now().getTime();
  const finish = (status: string): void =>
    journal.write({ event: "run_finished", status, ms: effects.now().getTime() - started });
  try {
    journal.write({
      event: "run_started",
      command: "build",
      args: [...effects.args],
      pid: effects.pid,
      version: await engineVersion(),
    });
    const results = await buildAndPublish(request, { ...effects, journal });
    finish(hasFailed(results) ? "error" : "success");
    await writeTarget(loaded.project.root, "run_results.json", JSON.stringify(results));
    for (const line of renderDone(results)) effects.print(line);
    return hasFailed(results) ? 1 : 0;
  } catch (error) {
    finish("error");
    throw error;
  } finally {
    journal.close();
  }
}

async function buildAndPublish(
  request: RunRequest,
  effects: Effects & { readonly journal: Journal },
): Promise<RunResults> {
  const { loaded, manifest, options } = request;
  const { dataDir, project } = loaded;
  const prepared = await prepareBuild(dataDir);
  if (options.fromNothing === true) await rm(prepared.path, { force: true });
  const plan = await makePlan(request);
  const results = await executeInBuild(request, { plan, path: prepared.path, effects });
  const state = nextState(plan, results);
  const warnings = [...prepared.warnings];
  if (isWithheld(results) || !isChanged(plan.state, state)) {
    await rm(prepared.path, { force: true });
  } else {
    const draft = {
      ...state,
      runId: request.runId,
      publishedAt: effects.now().toISOString(),
      engine: plan.surroundings.engine,
    };
    const relations = changedRelations(manifest, results);
    const published = await publishBuild(dataDir, draft, { keepReleases: project.warehouse.keepReleases });
    warnings.push(...published.warnings);
    effects.journal.write({ event: "published", release: published.release, relations: [...relations] });
    effects.print(`Published release ${published.release}: ${dataPaths(dataDir).warehouse}`);
    await deleteRemoved(request, effects);
  }
  for (const message of warnings) {
    effects.journal.write({ event: "warning", message });
    effects.warn(message);
  }
  return results;
}

/** Where a landing is under way, the next build does it. */
async function deleteRemoved({ loaded: { dataDir }, runId }: RunRequest, { now }: Effects): Promise<void> {
  const lock = { dataDir, name: "bronze" as const, command: "tonearm build", runId, startedAt: now() };
  await withLockIfFree(lock, () => collectRemoved(dataDir));
}

async function executeInBuild(
  request: RunRequest,
  run: { readonly plan: Plan; readonly path: string; readonly effects: Effects & { readonly journal: Journal } },
): Promise<RunResults> {
  const { loaded, manifest, runId } = request;
  const { plan, path, effects } = run;
  const { dataDir } = loaded;
  const { withBuildDatabase } = await import("../warehouse/build-database.ts");
  const texts = projectTexts(loaded.project);
  return withBuildDatabase({ path, ...databaseSettings(loaded) }, async (connections) => {
    const input = {
      manifest: withoutTests(manifest, plan.waitingTests),
      plan,
      dataDir,
      runId,
      now: effects.now,
      readText: (name: string) => texts.get(name) ?? "",
      score: scoring({ manifest, dataDir, pinnedVersions: request.options.pinnedVersions ?? {} }),
    };
    const results = await executePlan(input, {
      connections,
      journal: effects.journal,
      report: (result, progress) => {
        effects.log?.info(
          { node: result.uniqueId, status: result.status, ms: result.ms, rows: result.rows },
          "node finished",
        );
        for (const line of renderNode(result, progress)) effects.print(line);
      },
    });
    const [main] = connections;
    const state = nextState(plan, results);
    const runsFolder = dataPaths(dataDir).runs;
    if (main !== undefined && !isWithheld(results)) await writeMetaTables(main, { manifest, state, runsFolder });
    return results;
  });
}

function databaseSettings({ project, dataDir }: LoadedProject): Omit<BuildDatabaseOptions, "path"> {
  const threads = project.warehouse.threads ?? availableParallelism();
  const memoryLimit = project.warehouse.memoryLimit ?? undefined;
  return { tempDirectory: temporaryFolder(dataDir, "build"), memoryLimit, threads, connections: Math.max(2, threads) };
}

/** Text of every file a message may point into. */
function projectTexts(project: LoadedProject["project"]): ReadonlyMap<string, string> {
  const files = [...project.models, ...project.macros, ...project.singularTests, ...project.configs];
  return new Map(files.map(({ path, text }) => [path, text]));
}
