import * as z from "zod";

import { CancelledError, withCancellation } from "../cancellation.ts";
import { ProjectError } from "../diagnostics.ts";
import { failed, type StageOutcome } from "../execution/stage-outcome.ts";
import { loadProject, loadProjectSettings } from "../project/load-project.ts";
import { stageNames } from "../project/schedules.ts";
import type { Effects } from "./effects.ts";
import { toStageError } from "./explain-stage-error.ts";
import { openProject, projectOptions } from "./project-options.ts";
import { abandonable, recordStage } from "./record-stage.ts";
import { performStage, type StageContext, stagesOfModels, stageWork } from "./stage-work.ts";

export const stageOptions = z.strictObject({
  ...projectOptions,
  paths: z
    .array(z.enum(stageNames))
    .default([])
    .describe(`one of ${stageNames.join(", ")}`),
  wait: z.coerce.number().min(0).default(600).describe("seconds to wait for another run to end"),
});

/** Runs one stage as the scheduler does; its child process tells the scheduler what came of it. */
export async function stage(options: z.infer<typeof stageOptions>, effects: Effects): Promise<number> {
  const [name, ...others] = options.paths;
  if (name === undefined || others.length > 0) {
    const hint = `stages: ${stageNames.join(", ")}`;
    throw new ProjectError([{ path: "tonearm stage", message: "takes the name of one stage", hint }]);
  }
  const isScheduled = effects.tellScheduler !== undefined;
  const open = async (): Promise<StageContext> => {
    const { projectDir, vars, wait } = options;
    const loaded = await openProject(options, effects, stagesOfModels.has(name) ? loadProject : loadProjectSettings);
    return { loaded, options: { projectDir, vars }, wait, openWhole: () => openProject(options, effects), isScheduled };
  };
  if (effects.tellScheduler === undefined) {
    const context = await open();
    return recordStage({ loaded: context.loaded, command: "stage", stage: name }, effects, (recorded) =>
      stageWork[name](context, recorded),
    );
  }
  let cancelled: CancelledError | null = null;
  const outcome = await withCancellation(effects.signal, (signal) =>
    abandonable(signal, async () => performStage(name, await open(), { ...effects, signal })),
  ).catch((error: unknown): StageOutcome => {
    if (error instanceof CancelledError) cancelled = error;
    else effects.warn(error instanceof Error ? error.message : String(error));
    return failed(toStageError(error));
  });
  await effects.tellScheduler(outcome);
  if (cancelled !== null) throw cancelled;
  return outcome.status === "success" || outcome.status === "skipped" ? 0 : 1;
}
