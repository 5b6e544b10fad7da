import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import * as z from "zod";

import { loadProjectSettings } from "../project/load-project.ts";
import type { Effects } from "./effects.ts";
import { projectOptions } from "./project-options.ts";

export const cleanOptions = z.strictObject({ projectDir: projectOptions.projectDir });

/** Deletes what commands wrote into `target/`: each makes its own files again; data and warehouse stay. */
export async function clean(options: z.infer<typeof cleanOptions>, effects: Effects): Promise<number> {
  // Only of a project: an unrelated folder called target is none of ours.
  const { root } = await loadProjectSettings(resolve(effects.cwd, options.projectDir), {
    environment: effects.environment,
  });
  await rm(join(root, "target"), { recursive: true, force: true });
  effects.print("Deleted target/.");
  return 0;
}
