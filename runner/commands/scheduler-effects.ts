import { setTimeout as sleep } from "node:timers/promises";

import { newRunId } from "../execution/journal.ts";
import { isAliveHere, openHistory } from "../execution/read-history.ts";
import { projectFileVariable } from "../project/project-files.ts";
import type { RunObserver } from "../scheduling/run-observer.ts";
import type { SchedulerEffects } from "../scheduling/scheduler.ts";
import { runStageProcess } from "../scheduling/stage-process.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import type { Effects } from "./effects.ts";
import { engineVersion, type LoadedProject, type ProjectOptionValues } from "./project-options.ts";
import { renderSchedulerEvent } from "./render-schedule.ts";

interface SchedulerInput {
  readonly loaded: LoadedProject;
  readonly options: ProjectOptionValues;
  /** What the processes of stages read in place of project.yml. */
  readonly projectFile: string;
  readonly observer: RunObserver;
}

const dayMs = 24 * 3_600_000;

/** How far back slots are looked for; a stage that is due more rarely is not caught up after a restart. */
const horizonDays = 8;

/** The scheduler's clock, chance, journals and processes: the real ones. */
export async function createSchedulerEffects(input: SchedulerInput, effects: Effects): Promise<SchedulerEffects> {
  const { loaded, observer } = input;
  const { now, pid } = effects;
  return {
    dataDir: loaded.dataDir,
    pid,
    version: await engineVersion(),
    now,
    random: Math.random,
    newRunId: newIds(effects),
    sleepUntil: async (moment, signal) =>
      sleep(Math.max(0, moment.getTime() - now().getTime()), undefined, { signal }).catch(() => undefined),
    readRuns: historyOf(loaded.dataDir, effects),
    performStage: performInProcess(input, effects),
    observer,
    tell: (event) => {
      for (const line of renderSchedulerEvent(event, now())) effects.print(line);
    },
  };
}

/** Runs that begin in the same millisecond have names of their own. */
function newIds({ now, pid }: Pick<Effects, "now" | "pid">): () => string {
  let last = 0;
  return () => {
    last = last < now().getTime() ? now().getTime() : last + 1;
    return newRunId(new Date(last), pid);
  };
}

function historyOf(dataDir: string, { now, pid, log }: Effects): SchedulerEffects["readRuns"] {
  let ours: ReadonlySet<string> = new Set();
  const history = openHistory({
    runsFolder: dataPaths(dataDir).runs,
    sinceId: () => newRunId(new Date(now().getTime() - horizonDays * dayMs), 0),
    isAlive: (run) => (run.pid === pid ? ours.has(run.runId) : isAliveHere(run)),
  });
  return async (atWork) => {
    ours = atWork;
    const { runs, troubles } = await history.read();
    for (const trouble of troubles) log?.warn({ journal: trouble.message }, "journal cannot be read");
    return runs;
  };
}

function performInProcess(
  { options, projectFile }: SchedulerInput,
  effects: Effects,
): SchedulerEffects["performStage"] {
  const { projectDir, vars } = options;
  return (attempt) =>
    runStageProcess(attempt, {
      script: [...process.execArgv, process.argv[1] ?? ""],
      args: ["--project-dir", projectDir, "--vars", vars],
      cwd: effects.cwd,
      environment: { ...effects.environment, [projectFileVariable]: projectFile },
      onLine: (line, stream) => effects[stream === "stdout" ? "print" : "warn"](`[${attempt.stage}] ${line}`),
    });
}
