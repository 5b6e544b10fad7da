import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { readHistory } from "../execution/read-history.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";
import { renderRun, renderRuns } from "./render-runs.ts";

export const runsOptions = z.strictObject({
  ...projectOptions,
  paths: z.array(z.string()).default([]).describe("a run's id, or the beginning of one: all that is known of it"),
  limit: z.coerce.number().int().positive().default(20).describe("how many runs to list, the newest"),
});

/** How many journals are looked through for the newest runs: most of a day's are polls. */
const mostRead = 2000;

/** Lists the last runs, or tells all of one; from the journals, so also of runs that published nothing or were killed. */
export async function runs(options: z.infer<typeof runsOptions>, effects: Effects): Promise<number> {
  const { dataDir, notice } = await openProject(options, effects, loadProjectSettings);
  const [id, ...others] = options.paths;
  if (others.length > 0) throw new ProjectError([{ path: "tonearm runs", message: "takes the id of one run" }]);
  const history = await readHistory({ runsFolder: dataPaths(dataDir).runs, limit: mostRead });
  if (notice !== null) effects.print(`${notice}\n`);
  for (const trouble of history.troubles) effects.warn(trouble.message);
  if (id === undefined) {
    for (const line of renderRuns(history.runs.filter(({ parent }) => parent === null).slice(-options.limit)))
      effects.print(line);
    return 0;
  }
  const found = history.runs.filter(({ runId }) => runId.startsWith(id));
  const [run] = found;
  if (run === undefined || (found.length > 1 && run.runId !== id)) {
    const message = found.length > 1 ? `${found.length} runs begin like this` : "there is no such run";
    throw new ProjectError([{ path: id, message, hint: "npm run runs lists them" }]);
  }
  const parts = history.runs.filter(({ parent }) => parent?.runId === run.runId);
  for (const line of renderRun(run, parts)) effects.print(line);
  return 0;
}
