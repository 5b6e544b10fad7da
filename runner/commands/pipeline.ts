import { readdir } from "node:fs/promises";

import { z } from "zod";

import { emptyState } from "../graph/build-state.ts";
import { makeFolder } from "../warehouse/data-folder.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { buildLoaded, buildOptions } from "./build.ts";
import type { Effects } from "./effects.ts";
import { landLoaded } from "./ingest.ts";
import { postgresUrl } from "./postgres-url.ts";
import { type LoadedProject, openProject } from "./project-options.ts";
import { summarize } from "./summary.ts";

export const pipelineOptions = z.strictObject({
  ...buildOptions.shape,
  demo: z.boolean().default(false).describe("make up a listening life and run on it, in a data folder of its own"),
});

/** Lands what lies in the inbox, builds, says what there is to know, and exports where POSTGRES_URL is set; 1 when anything failed. */
export async function pipeline(options: z.infer<typeof pipelineOptions>, effects: Effects): Promise<number> {
  const { demo, ...rest } = options;
  const loaded = demo
    ? await (await import("./open-demo.ts")).openDemo(rest, effects)
    : await openProject(rest, effects);
  if (loaded.notice !== null) effects.print(loaded.notice);
  await withStorageErrors(loaded.inbox, () => makeFolder(loaded.inbox));
  const before = (await readCurrentRelease(loaded.dataDir))?.state ?? emptyState;
  // An empty inbox is no mistake here: what has landed before is built again where it must be.
  const files = (await readdir(loaded.inbox)).filter((name) => !name.startsWith("."));
  const inbox = { paths: [loaded.inbox], wait: 600 };
  const report = files.length > 0 ? await landLoaded(loaded, inbox, effects) : null;
  const code = await buildLoaded(loaded, rest, effects);
  const release = await readCurrentRelease(loaded.dataDir);
  if (release !== null) {
    const summary = await summarize({ release, before, loaded });
    for (const line of summary) effects.print(line);
    await exportIfWanted(loaded, effects);
  }
  return report !== null && report.failures.length > 0 ? 1 : code;
}

/** With POSTGRES_URL set, what has been published goes on to Postgres. */
async function exportIfWanted(loaded: LoadedProject, effects: Effects): Promise<void> {
  if (postgresUrl(effects) === null) return;
  const { exportLoadedToPostgres } = await import("./export.ts");
  const project = (): Promise<LoadedProject["project"]> => Promise.resolve(loaded.project);
  await exportLoadedToPostgres(loaded, { force: false, cascade: false, wait: 600, project }, effects);
}
