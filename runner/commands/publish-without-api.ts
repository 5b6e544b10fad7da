import { ProjectError } from "../diagnostics.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { buildLoaded, buildOptions } from "./build.ts";
import type { Effects } from "./effects.ts";
import { openProject, type ProjectOptionValues } from "./project-options.ts";
import { explained, unfinished } from "./unfinished-disconnect.ts";

/** Whose release, and how long to wait for others. */
export interface PublishOptions extends ProjectOptionValues {
  readonly dataDir: string;
  /** Seconds. */
  readonly wait: number;
}

/**
 * Publishes a release of the batches that count, in a file of which no block has held another row; gives the exit code of the build. A
 * ProjectError when nothing could be published.
 */
export async function buildWithoutApi({ dataDir, ...options }: PublishOptions, effects: Effects): Promise<number> {
  const failed = unfinished(
    "without a build the warehouse and the releases still hold what the Web API gave",
    "no build reads those batches any more. Mend what failed above (npm run build-models shows it)",
    `delete ${dataPaths(dataDir).warehouse} and ${dataPaths(dataDir).releases}`,
  );
  return explained(failed, async () => {
    const before = await readCurrentRelease(dataDir);
    const loaded = await openProject(options, effects);
    const code = await buildLoaded(loaded, { ...buildOptions.parse(options), fromNothing: true }, effects);
    const isPublished = (await readCurrentRelease(dataDir))?.number !== before?.number;
    if (!isPublished) throw new ProjectError([], 1);
    return code;
  });
}
