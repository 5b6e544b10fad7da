import { readdir } from "node:fs/promises";

import { CancelledError } from "../cancellation.ts";
import { ProjectError } from "../diagnostics.ts";
import type { RunResults } from "../execution/run-results.ts";
import { failed, skipped, succeeded, type StageOutcome } from "../execution/stage-outcome.ts";
import type { StageName } from "../project/schedules.ts";
import { loadTokens } from "../spotify/token-store.ts";
import { makeFolder } from "../warehouse/data-folder.ts";
import { readPin } from "../warehouse/pin.ts";
import { toStorageError, withStorageErrors } from "../warehouse/storage-errors.ts";
import type { BuildOptions } from "./build.ts";
import { outcomeOf } from "./build-outcome.ts";
import type { Effects } from "./effects.ts";
import { toStageError } from "./explain-stage-error.ts";
import { postgresUrl } from "./postgres-url.ts";
import type { LoadedProject, ProjectOptionValues } from "./project-options.ts";

/** What a stage works on. */
export interface StageContext {
  readonly loaded: LoadedProject;
  readonly options: ProjectOptionValues;
  /** Seconds to wait for the locks of other processes. */
  readonly wait: number;
  /** Opens the whole project, for a stage that was given its settings only. */
  readonly openWhole: () => Promise<LoadedProject>;
  /** Leaves a pinned release alone. */
  readonly isScheduled: boolean;
  /** What `build` builds instead of everything but the predictive family. */
  readonly build?: BuildOptions;
}

type StageWork = (context: StageContext, effects: Effects) => Promise<StageOutcome>;

/** How many times as many tracks as a poll the whole bronze stage asks about. */
const enrichmentFactor = 10;

/** What each stage does; its errors are thrown. */
export const stageWork = {
  files: landInbox,
  poll: (context, effects) => pollIfLoggedIn(context, effects),
  bronze: landEverything,
  build: unlessPinned(async (context, effects) => {
    const rest = hasPredictive(context.loaded) ? { exclude: ["tag:predictive+"] } : {};
    return buildSome(context, { ...context.build, ...(context.build === undefined && rest) }, effects);
  }),
  predictive: unlessPinned(async (context, effects) =>
    hasPredictive(context.loaded)
      ? buildSome(context, { select: ["tag:predictive+"] }, effects)
      : skipped("not_configured", "no model has the tag predictive"),
  ),
  train: unlessPinned(trainModels),
  export: exportIfWanted,
} as const satisfies Record<StageName, StageWork>;

/** Stages that need the models, not only the settings. */
export const stagesOfModels: ReadonlySet<StageName> = new Set(["build", "predictive", "train"]);

/** One attempt of a stage; what goes wrong is told as a warning and given back as data. */
export async function performStage(stage: StageName, context: StageContext, effects: Effects): Promise<StageOutcome> {
  try {
    return await stageWork[stage](context, effects);
  } catch (thrown) {
    const error = toStorageError(thrown, context.loaded.dataDir);
    const isExpected = error instanceof ProjectError || error instanceof CancelledError;
    effects.warn(isExpected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
    return failed(toStageError(error));
  }
}

async function landInbox({ loaded, wait }: StageContext, effects: Effects): Promise<StageOutcome> {
  await withStorageErrors(loaded.inbox, () => makeFolder(loaded.inbox));
  // An empty inbox is no mistake here: what has landed before is built again where it must be.
  const files = (await readdir(loaded.inbox)).filter((name) => !name.startsWith("."));
  if (files.length === 0) return succeeded(0);
  return landPaths(loaded, { paths: [loaded.inbox], wait }, effects);
}

/** Lands files, folders and zips; says what landed. */
export async function landPaths(
  loaded: LoadedProject,
  from: { readonly paths: readonly string[]; readonly wait: number },
  effects: Effects,
): Promise<StageOutcome> {
  const { landLoaded } = await import("./ingest.ts");
  const { failures, files } = await landLoaded(loaded, from, effects);
  const rows = files.reduce((sum, file) => sum + file.rowsLanded, 0);
  if (failures.length === 0) return succeeded(rows);
  const message = `${failures.length} of the files could not be landed`;
  return failed({ kind: "data", message, retryAt: null }, rows, files.length > 0 ? "partial" : "failed");
}

async function pollIfLoggedIn(context: StageContext, effects: Effects, trackFactor = 1): Promise<StageOutcome> {
  const { loaded, wait } = context;
  const hasApp = (loaded.project.vars["spotify_client_id"] ?? null) !== null;
  if (loaded.notice !== null) return skipped("not_configured", "made-up data: Spotify is not asked");
  if (!hasApp || (await loadTokens(loaded.dataDir)) === null)
    return skipped("not_configured", "there is no login with Spotify");
  return pollOnce(loaded, { wait, trackFactor }, effects);
}

/** Polls Spotify once; what it did not tell makes it partial, or failed when it told nothing. */
export async function pollOnce(
  loaded: LoadedProject,
  { wait, trackFactor = 1 }: { readonly wait: number; readonly trackFactor?: number },
  effects: Effects,
): Promise<StageOutcome> {
  const { pollSpotify, trackBudgetOf, troublesOf } = await import("./poll-spotify.ts");
  const trackBudget = trackFactor * trackBudgetOf(loaded.project.vars);
  const report = await pollSpotify(loaded, { wait, trackBudget }, effects);
  const { landed, gap, interruption } = report;
  const gaps = gap === null ? [] : [{ from: gap.from.toISOString(), to: gap.to.toISOString() }];
  const [trouble] = troublesOf(report);
  if (trouble === undefined) return { ...succeeded(landed), gaps };
  const status = interruption !== null && landed === 0 ? "failed" : "partial";
  return { ...failed(toStageError(trouble), landed, status), gaps };
}

async function landEverything(context: StageContext, effects: Effects): Promise<StageOutcome> {
  const files = await landInbox(context, effects);
  const polled = await pollIfLoggedIn(context, effects, enrichmentFactor).catch((error: unknown) => {
    if (error instanceof CancelledError || !(error instanceof ProjectError)) throw error;
    effects.warn(error.message);
    return failed(toStageError(error));
  });
  if (polled.status === "skipped") return files;
  const rows = (files.rows ?? 0) + (polled.rows ?? 0);
  const both = { ...polled, rows, error: files.error ?? polled.error };
  if (files.status === polled.status) return both;
  return { ...both, status: "partial" };
}

/** What a rollback pinned stays until somebody unpins it, or builds by hand. */
function unlessPinned(work: StageWork): StageWork {
  return async (context, effects) => {
    const pin = context.isScheduled ? await readPin(context.loaded.dataDir) : null;
    if (pin !== null) return skipped("pinned", `release ${pin.release} is pinned since ${pin.since}: npm run unpin`);
    return work(context, effects);
  };
}

function hasPredictive({ project }: LoadedProject): boolean {
  return project.models.some(({ config }) => config.tags.includes("predictive"));
}

async function buildSome(
  { loaded, options, wait, isScheduled: scheduled }: StageContext,
  some: Partial<BuildOptions>,
  effects: Effects,
): Promise<StageOutcome> {
  const { buildLoaded, buildOptions } = await import("./build.ts");
  let results: RunResults | null = null;
  const keep = (built: RunResults): void => void (results = built);
  const settled = { ...buildOptions.parse({ ...options, wait }), ...some, scheduled };
  await buildLoaded(loaded, settled, { ...effects, built: keep });
  return results === null ? succeeded(0) : outcomeOf(results);
}

async function trainModels(
  { loaded, options, wait, isScheduled: scheduled }: StageContext,
  effects: Effects,
): Promise<StageOutcome> {
  const { trainLoaded, trainOptions } = await import("./train.ts");
  let rows = 0;
  let last = "training failed";
  const asked = { ...trainOptions.parse({ ...options, wait, scheduled }), isPatient: true };
  const code = await trainLoaded(loaded, asked, {
    ...effects,
    built: (results) => void (rows += outcomeOf(results).rows ?? 0),
    warn: (line) => {
      last = line.split("\n")[0] ?? line;
      effects.warn(line);
    },
  });
  return code === 0 ? succeeded(rows) : failed({ kind: "data", message: last, retryAt: null }, rows, "partial");
}

async function exportIfWanted(context: StageContext, effects: Effects): Promise<StageOutcome> {
  const { loaded, wait, openWhole } = context;
  if (postgresUrl(effects) === null) return skipped("not_configured", "POSTGRES_URL is not set");
  const { exportLoadedToPostgres } = await import("./export.ts");
  const project = async (): Promise<LoadedProject["project"]> => (await openWhole()).project;
  return exportLoadedToPostgres(loaded, { force: false, cascade: false, wait, project }, effects);
}
