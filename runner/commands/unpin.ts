import * as z from "zod";

import { loadProjectSettings } from "../project/load-project.ts";
import { readPin, removePin } from "../warehouse/pin.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";

export const unpinOptions = z.strictObject(projectOptions);

/** Lets scheduled builds go on from a release that a rollback pinned. */
export async function unpin(options: z.infer<typeof unpinOptions>, effects: Effects): Promise<number> {
  const { dataDir } = await openProject(options, effects, loadProjectSettings);
  const pin = await readPin(dataDir);
  await removePin(dataDir);
  effects.print(
    pin === null
      ? "No release is pinned."
      : `Release ${pin.release} is no longer pinned: the next build goes on from it.`,
  );
  return 0;
}
