import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { readPastBuild } from "../execution/past-runs.ts";
import { planRetry } from "../execution/plan-retry.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { build, buildOptions } from "./build.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";

export const retryOptions = z.strictObject({
  projectDir: projectOptions.projectDir,
  wait: buildOptions.shape.wait,
});

/** Builds what the last build left undone, with the options it had: what failed or was skipped, or all of it when it was never published. */
export async function retry(options: z.infer<typeof retryOptions>, effects: Effects): Promise<number> {
  const { dataDir } = await openProject({ ...options, vars: "{}" }, effects);
  const last = await readPastBuild(dataDir, null);
  if (last === null) {
    const hint = "npm run build-models builds everything";
    throw new ProjectError([{ path: "tonearm retry", message: "there is no build to retry", hint }], 1);
  }
  // A kill may come between the release and the line of the journal that tells of it.
  const current = await readCurrentRelease(dataDir);
  const isPublished = current?.state.runId === last.runId || last.entries.some((entry) => entry.event === "published");
  const left = planRetry(last, { isPublished });
  if (left === null) {
    effects.print(`Nothing to retry: run ${last.runId} left nothing undone.`);
    return 0;
  }
  effects.print(`Retrying run ${last.runId}: ${left.because}.`);
  const { select, exclude, resourceType } = left.request;
  const lists = { select: [...select], exclude: [...exclude], resourceType: resourceType && [...resourceType] };
  return build({ ...options, ...left.request, ...lists, scheduled: false }, effects);
}
