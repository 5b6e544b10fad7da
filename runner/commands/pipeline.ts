import { setTimeout as sleep } from "node:timers/promises";

import * as z from "zod";

import { withCancellation } from "../cancellation.ts";
import { newRunId, openJournal } from "../execution/journal.ts";
import { PatientJournal } from "../execution/patient-journal.ts";
import { pruneJournals } from "../execution/prune-journals.ts";
import { readHistory } from "../execution/read-history.ts";
import { failed, type StageOutcome } from "../execution/stage-outcome.ts";
import { emptyState } from "../graph/build-state.ts";
import type { StageName } from "../project/schedules.ts";
import { dueSlot } from "../scheduling/plan-runs.ts";
import { runOutcome, runStages } from "../scheduling/run-stages.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { buildOptions } from "./build.ts";
import type { Effects } from "./effects.ts";
import { toStageError } from "./explain-stage-error.ts";
import { engineVersion, type LoadedProject, openProject, projectTimezone } from "./project-options.ts";
import { abandonable } from "./record-stage.ts";
import { renderStageBegin, renderStageEnd, renderStages, type TimedOutcome } from "./render-stages.ts";
import { performStage, type StageContext } from "./stage-work.ts";
import { summarize } from "./summary.ts";
import { watchRun } from "./watch-run.ts";

export const pipelineOptions = z.strictObject({
  ...buildOptions.shape,
  demo: z.boolean().default(false).describe("make up a listening life and run on it, in a data folder of its own"),
});

type PipelineOptions = z.infer<typeof pipelineOptions>;

/** Lands, builds, trains if that is due, and exports where POSTGRES_URL is set, each stage once; then says what there is to know. 1 when anything failed. */
export async function pipeline(options: PipelineOptions, effects: Effects): Promise<number> {
  const { demo, ...rest } = options;
  const loaded = demo
    ? await (await import("./open-demo.ts")).openDemo(rest, effects)
    : await openProject(rest, effects);
  if (loaded.notice !== null) effects.print(loaded.notice);
  const before = (await readCurrentRelease(loaded.dataDir))?.state ?? emptyState;
  const { projectDir, vars } = rest;
  const context = {
    loaded,
    options: { projectDir, vars },
    wait: 600,
    openWhole: () => Promise.resolve(loaded),
    build: rest,
    isScheduled: rest.scheduled,
  };
  const { timed, code } = await withCancellation(effects.signal, (signal) => runOnce(context, { ...effects, signal }));
  for (const line of renderStages(timed)) effects.print(line);
  const release = await readCurrentRelease(loaded.dataDir);
  if (release !== null) for (const line of await summarize({ release, before, loaded })) effects.print(line);
  return code;
}

type StoppableEffects = Effects & { readonly signal: AbortSignal };

interface PipelineResults {
  readonly timed: readonly TimedOutcome[];
  readonly code: 0 | 1 | 2;
}

async function runOnce(context: StageContext, effects: StoppableEffects): Promise<PipelineResults> {
  const { dataDir, project } = context.loaded;
  const watch = await watchRun(context.loaded, effects);
  const began = effects.now();
  const trainSlot = await dueTraining(context.loaded, began);
  const stages: readonly StageName[] = ["bronze", "build", ...(trainSlot === null ? [] : ["train" as const]), "export"];
  const runId = newRunId(began, effects.pid);
  const onTrouble = (error: unknown): void => effects.warn(String(error));
  const journal = new PatientJournal({ dataDir, runId, now: effects.now, onTrouble });
  try {
    const { args, pid } = effects;
    const slots = trainSlot === null ? {} : { train: trainSlot.toISOString() };
    const version = await engineVersion();
    journal.write({ event: "run_started", command: "pipeline", args: [...args], pid, version, slots, stages });
    // A disk that is full from the start is told of at once.
    if (!(await journal.flush())) (await openJournal(dataDir, runId, effects.now)).close();
    await watch?.begin(runId);
    const timed = await runTimed({ context, stages, runId }, journal, effects);
    const outcomes = new Map(timed.map(({ stage, outcome }) => [stage, outcome]));
    const status = runOutcome(outcomes, project.schedules.stages);
    const code = exitCodeOf(timed);
    const ms = Math.max(0, effects.now().getTime() - began.getTime());
    journal.write({ event: "run_finished", status: effects.signal.aborted ? "cancelled" : status, ms, exitCode: code });
    await journal.close();
    await watch?.end(runId);
    const { keepRunsDays: keepDays } = project.schedules;
    await pruneJournals(dataPaths(dataDir).runs, { now: effects.now(), keepDays });
    return { timed, code };
  } finally {
    await journal.close();
  }
}

interface Request {
  readonly context: StageContext;
  readonly stages: readonly StageName[];
  readonly runId: string;
}

/** The stages in this process, one after the other; they wait for no turn, for each takes its own lock. */
async function runTimed(
  { context, stages, runId }: Request,
  journal: PatientJournal,
  effects: StoppableEffects,
): Promise<readonly TimedOutcome[]> {
  const { signal } = effects;
  const msOf = new Map<StageName, number>();
  const policies = context.loaded.project.schedules.stages;
  const outcomes = await runStages(
    { stages, due: new Set(stages), policies },
    {
      write: (event) => {
        journal.write(event);
        void journal.flush();
      },
      async perform(stage, attempt) {
        effects.print(renderStageBegin(stage, attempt));
        const parent = { runId, stage, attempt };
        const start = performance.now();
        const outcome = await abandonable(signal, () => performStage(stage, context, { ...effects, parent })).catch(
          (error: unknown): StageOutcome => failed(toStageError(error)),
        );
        msOf.set(stage, performance.now() - start);
        effects.print(renderStageEnd({ stage, outcome, ms: msOf.get(stage) ?? 0 }));
        return outcome;
      },
      claim: (_, use) => use(),
      inTurn: (_, use) => use(),
      sleepUntil: async (moment) => {
        const ms = Math.max(0, moment.getTime() - effects.now().getTime());
        effects.print(`Next attempt in ${(ms / 1000).toFixed(0)} s.`);
        await sleep(ms, undefined, { signal }).catch(() => undefined);
      },
      isStopping: () => signal.aborted,
      now: effects.now,
      random: Math.random,
    },
  );
  return [...outcomes].map(([stage, outcome]) => ({ stage, outcome, ms: msOf.get(stage) ?? 0 }));
}

/** The slot of training that is due; null where no model is trained, on made-up data, and when it has been trained since. */
async function dueTraining({ project, dataDir, notice }: LoadedProject, now: Date): Promise<Date | null> {
  if (notice !== null || !project.models.some(({ config }) => config.materialized === "trained_model")) return null;
  const dayMs = 24 * 3_600_000;
  const sinceId = newRunId(new Date(now.getTime() - 8 * dayMs), 0);
  const { runs } = await readHistory({ runsFolder: dataPaths(dataDir).runs, sinceId: () => sinceId });
  const policies = project.schedules.stages;
  const state = { policies, timezone: projectTimezone(project), runs, now, since: now };
  const slot = dueSlot("train", state, { isFirst: true })?.slot ?? null;
  const isDone = runs.some(({ stages }) =>
    stages.some(
      ({ stage, status, startedAt }) =>
        stage === "train" && status !== "failed" && slot !== null && Date.parse(startedAt ?? "") >= slot.getTime(),
    ),
  );
  return isDone ? null : slot;
}

function exitCodeOf(timed: readonly TimedOutcome[]): 0 | 1 | 2 {
  const failures = timed.filter(({ outcome: { status } }) => status === "failed" || status === "partial");
  if (failures.some(({ outcome }) => outcome.error?.kind === "project")) return 2;
  return failures.length === 0 ? 0 : 1;
}
