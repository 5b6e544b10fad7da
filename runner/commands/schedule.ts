import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { schedule as scheduleCron } from "node-cron";
import * as z from "zod";

import { withCancellation } from "../cancellation.ts";
import { ProjectError } from "../diagnostics.ts";
import { pruneJournals } from "../execution/prune-journals.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { asOnlyScheduler } from "../scheduling/only-scheduler.ts";
import { nextSlots } from "../scheduling/plan-runs.ts";
import { tellAll } from "../scheduling/run-observer.ts";
import { Scheduler, type SchedulerSettings } from "../scheduling/scheduler.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import { writeWhole } from "../warehouse/write-whole.ts";
import type { Effects } from "./effects.ts";
import { openHealth } from "./health.ts";
import { openMonitoring } from "./monitoring.ts";
import { type LoadedProject, openProject, projectOptions, projectTimezone } from "./project-options.ts";
import { recordReload } from "./record-reload.ts";
import { clockTime, renderNext } from "./render-schedule.ts";
import { createSchedulerEffects } from "./scheduler-effects.ts";

export const scheduleOptions = z.strictObject(projectOptions);

type ScheduleOptions = z.infer<typeof scheduleOptions>;

/** Only what wakes the scheduler; cron expressions of stages have the project's time zone. */
const utc = { timezone: "UTC", suppressMissedWarning: true };

/** Runs everything at once, then by cadence, until it is told to stop; each stage is a process of its own, and DuckDB is loaded only there. */
export async function schedule(options: ScheduleOptions, effects: Effects): Promise<number> {
  const loaded = await openProject(options, effects, loadProjectSettings);
  if (loaded.notice !== null) effects.print(loaded.notice);
  await asOnlyScheduler(loaded.dataDir, effects, () =>
    withCancellation(effects.signal, (signal) => runUntil(signal, { loaded, options }, effects)),
  );
  return 0;
}

interface Request {
  readonly loaded: LoadedProject;
  readonly options: ScheduleOptions;
}

async function runUntil(signal: AbortSignal, request: Request, effects: Effects): Promise<void> {
  const { loaded, options } = request;
  const observers = [openMonitoring(loaded, effects), await openHealth(loaded, effects)];
  const observer = tellAll(observers, (error) => effects.warn(String(error)));
  const projectFile = await keepProjectFile(loaded);
  const input = { loaded, options, projectFile, observer };
  const scheduler = new Scheduler(settingsOf(loaded), await createSchedulerEffects(input, effects));
  let { keepRunsDays: keepDays } = loaded.project.schedules;
  const onHangUp = (): void => {
    const change = (again: LoadedProject): void => {
      keepDays = again.project.schedules.keepRunsDays;
      scheduler.reload(settingsOf(again));
      observer.settingsChanged(again.project);
    };
    void reload(request, change, effects)
      .catch((error: unknown) => effects.warn(String(error)))
      // Whoever watches learns of it now.
      .then(() => scheduler.tick());
  };
  const prune = (): Promise<number> => pruneJournals(dataPaths(loaded.dataDir).runs, { now: effects.now(), keepDays });
  const tasks = [scheduleCron("* * * * *", () => scheduler.tick(), utc), scheduleCron("17 * * * *", prune, utc)];
  process.on("SIGHUP", onHangUp);
  try {
    await scheduler.start();
    const next = nextSlots({ ...settingsOf(loaded), now: effects.now() });
    for (const line of renderNext(next, settingsOf(loaded).timezone)) effects.print(line);
    await untilAborted(signal);
    await scheduler.stop();
  } finally {
    process.off("SIGHUP", onHangUp);
    for (const task of tasks) await task.destroy();
    await Promise.race([observer.close(), sleep(2000, undefined, { ref: false })]);
  }
}

/** Reads project.yml again; one that is not sound changes nothing, and is told of as a failed run. */
async function reload(
  { loaded: { dataDir }, options }: Request,
  change: (again: LoadedProject) => void,
  effects: Effects,
): Promise<void> {
  try {
    const load = (): Promise<LoadedProject> => openProject(options, effects, loadProjectSettings);
    const again = await recordReload(dataDir, effects, load);
    await keepProjectFile(again);
    change(again);
    effects.print(`${clockTime(effects.now())} project.yml was read again.`);
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    effects.warn(`${error.message}\n\nproject.yml is not sound; what it said before goes on counting.`);
  }
}

/** What project.yml says now, for the processes of stages: they read it even when the file was spoilt since. */
async function keepProjectFile({ dataDir, project }: LoadedProject): Promise<string> {
  const folder = join(dataDir, "schedule");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "project.yml");
  await writeWhole(path, await readFile(join(project.root, "project.yml"), "utf8"));
  return path;
}

function settingsOf({ project }: LoadedProject): SchedulerSettings {
  return { policies: project.schedules.stages, timezone: projectTimezone(project) };
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
