import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";

import { allEnded } from "../all-ended.ts";
import { CancelledError } from "../cancellation.ts";
import { ProjectError } from "../diagnostics.ts";
import { deferVacuum } from "../execution/defer-vacuum.ts";
import { type ExecutionEffects, executePlan } from "../execution/execute-plan.ts";
import { interruptible } from "../execution/interruptible.ts";
import { type Journal, openJournal } from "../execution/journal.ts";
import type { BuildRequest, JournalEvent } from "../execution/journal-events.ts";
import { writeMetaTables } from "../execution/meta-tables.ts";
import { changedNodes, changedRelations, isChanged, nextState } from "../execution/publish.ts";
import { hasFailed, isWithheld, type RunResults } from "../execution/run-results.ts";
import { failed, type StageOutcome } from "../execution/stage-outcome.ts";
import { type Plan, withoutTests } from "../graph/plan.ts";
import { collectRemoved } from "../ingest/remove-landings.ts";
import type { BuildDatabaseOptions } from "../warehouse/build-database.ts";
import { dataPaths, temporaryFolder } from "../warehouse/data-folder.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { withLockIfFree } from "../warehouse/locks.ts";
import { copyToBuild, discardBuild, settleFolder } from "../warehouse/prepare-build.ts";
import { publishBuild } from "../warehouse/publish-build.ts";
import type { CurrentRelease } from "../warehouse/releases.ts";
import { projectTexts } from "../project/project-texts.ts";
import type { BuildOptions } from "./build.ts";
import { outcomeOf } from "./build-outcome.ts";
import type { Effects } from "./effects.ts";
import { toStageError } from "./explain-stage-error.ts";
import { planRun, type PlanRequest } from "./plan-run.ts";
import { engineVersion, type LoadedProject } from "./project-options.ts";
import { renderDone, renderNode } from "./render-results.ts";
import { Scoring } from "./scoring.ts";
import { settlePromotions } from "./settle-promotions.ts";
import { writeArtifacts } from "./write-artifacts.ts";

export interface RunRequest extends PlanRequest {
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** Builds, tests, publishes and keeps the journal of one run; the caller holds the build lock. 1 when a node or a test failed. */
export async function runBuild(request: RunRequest, effects: Effects): Promise<number> {
  const { loaded, runId } = request;
  const journal = await openJournal(loaded.dataDir, runId, effects.now);
  const started = effects.now().getTime();
  const isPart = effects.parent !== undefined;
  const finish = (status: string, exitCode: number, outcome: StageOutcome): void => {
    const ms = Math.max(0, effects.now().getTime() - started);
    if (!isPart) journal.write(stageFinished(outcome, ms));
    journal.write({ event: "run_finished", status, ms, exitCode });
  };
  try {
    journal.write({
      event: "run_started",
      command: "build",
      args: [...effects.args],
      pid: effects.pid,
      version: await engineVersion(),
      request: requestOf(request.options),
      stages: isPart ? [] : ["build"],
      parent: effects.parent ?? null,
    });
    if (!isPart) journal.write({ event: "stage_started", stage: "build", attempt: 1 });
    const results = await buildAndPublish(request, { ...effects, journal });
    effects.built?.(results);
    const exitCode = hasFailed(results) ? 1 : 0;
    finish(exitCode === 0 ? "success" : isWithheld(results) ? "failed" : "partial", exitCode, outcomeOf(results));
    await writeArtifacts(loaded.project, request.manifest, results);
    for (const line of renderDone(results)) effects.print(line);
    return exitCode;
  } catch (error) {
    await discardBuild(loaded.dataDir);
    const isCancelled = error instanceof CancelledError;
    const exitCode = isCancelled || error instanceof ProjectError ? error.exitCode : 1;
    ignoring(() => finish(isCancelled ? "cancelled" : "failed", exitCode, failed(toStageError(error))));
    throw error;
  } finally {
    journal.close();
  }
}

function requestOf({
  select,
  exclude,
  vars,
  fullRefresh,
  force,
  resourceType,
  state,
  selector,
}: BuildOptions): BuildRequest {
  return { select, exclude, vars, fullRefresh, force, resourceType, state, selector };
}

function stageFinished({ status, rows, error }: StageOutcome, ms: number): JournalEvent {
  const isFailed = status === "failed" || status === "partial";
  const stage = { event: "stage_finished", stage: "build", attempt: 1, rows, ms, error, nextAttemptAt: null } as const;
  return { ...stage, status: isFailed ? status : "success" };
}

/** A full disk refuses the journal too, and is told of already. */
function ignoring(use: () => void): void {
  try {
    use();
  } catch {
    // The run's own error is thrown instead.
  }
}

async function buildAndPublish(
  request: RunRequest,
  effects: Effects & { readonly journal: Journal },
): Promise<RunResults> {
  const { loaded, manifest, options } = request;
  const { dataDir, project } = loaded;
  const settled = await settleFolder(dataDir);
  const { path, plan } = await prepare(request, options.fromNothing === true ? null : settled.current);
  const results = await executeInBuild(request, { plan, path, effects });
  // From here on the run is as good as published: it is brought to its end.
  request.signal.throwIfAborted();
  const state = nextState(plan, results);
  const warnings = [...settled.warnings];
  if (isWithheld(results) || !isChanged(plan.state, state)) {
    await rm(path, { force: true });
  } else {
    const draft = {
      ...state,
      runId: request.runId,
      publishedAt: effects.now().toISOString(),
      engine: plan.surroundings.engine,
      changed: changedNodes(plan.state, state),
    };
    const relations = changedRelations(manifest, results);
    const published = await publishBuild(dataDir, draft, project.warehouse);
    warnings.push(...published.warnings);
    effects.journal.write({ event: "published", release: published.release, relations: [...relations] });
    effects.print(`Published release ${published.release}: ${dataPaths(dataDir).warehouse}`);
    await deleteRemoved(request, effects);
  }
  await settlePromotions({ manifest, dataDir, surroundings: plan.surroundings, results }, effects);
  for (const message of warnings) {
    effects.journal.write({ event: "warning", message });
    effects.warn(message);
  }
  return results;
}

/** Copies the release that the build goes on from; meanwhile the plan is made and DuckDB loaded. */
async function prepare(
  request: RunRequest,
  release: CurrentRelease | null,
): Promise<{ readonly path: string; readonly plan: Plan }> {
  // A copy that is still at work would be there again after the build was discarded.
  const [path, plan] = await allEnded([
    copyToBuild(request.loaded.dataDir, release),
    planRun(request),
    import("../warehouse/build-database.ts"),
  ]);
  return { path, plan };
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
  await using scoring = new Scoring({ manifest, dataDir });
  // Awaited here, so that the thread outlives it.
  return await withBuildDatabase({ path, ...databaseSettings(loaded) }, async (connections) => {
    const input = {
      manifest: withoutTests(manifest, plan.waitingTests),
      plan,
      dataDir,
      runId,
      now: effects.now,
      readText: projectTexts(loaded.project),
      score: scoring.score,
      failFast: request.options.failFast ?? false,
    };
    return interruptible(connections, request.signal, async () => {
      const results = await executePlan(input, {
        connections,
        journal: effects.journal,
        signal: request.signal,
        report: reportTo(effects),
      });
      const [main] = connections;
      if (main !== undefined && !isWithheld(results)) await completeBuild(main, { request, plan, results, effects });
      return results;
    });
  });
}

/** What the build holds besides the nodes' own relations, and how its checkpoint is to be. */
async function completeBuild(
  connection: Connection,
  run: {
    readonly request: RunRequest;
    readonly plan: Plan;
    readonly results: RunResults;
    readonly effects: Effects & { readonly journal: Journal };
  },
): Promise<void> {
  const { manifest, loaded } = run.request;
  const state = nextState(run.plan, run.results);
  await deferVacuum(connection, { manifest, state });
  const { keepRunsDays: keepDays } = loaded.project.schedules;
  const from = { manifest, state, runsFolder: dataPaths(loaded.dataDir).runs, now: run.effects.now(), keepDays };
  const warnings = await writeMetaTables(connection, from);
  for (const message of warnings) run.effects.journal.write({ event: "warning", message });
}

function reportTo({ log, print }: Effects): ExecutionEffects["report"] {
  return (result, progress) => {
    const { uniqueId: node, status, ms, rows } = result;
    log?.info({ node, status, ms, rows }, "node finished");
    for (const line of renderNode(result, progress)) print(line);
  };
}

function databaseSettings({ project, dataDir }: LoadedProject): Omit<BuildDatabaseOptions, "path"> {
  const { threads: wanted, memoryLimit } = project.warehouse;
  const threads = wanted ?? availableParallelism();
  return {
    tempDirectory: temporaryFolder(dataDir, "build"),
    memoryLimit: memoryLimit ?? undefined,
    threads,
    connections: wanted ?? Math.max(2, threads),
  };
}
