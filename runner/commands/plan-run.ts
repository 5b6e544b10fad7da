import type { Manifest } from "../compile/manifest.ts";
import { emptyState } from "../graph/build-state.ts";
import { planBuild, type Plan } from "../graph/plan.ts";
import { listBatches } from "../ingest/batches.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import type { BuildOptions } from "./build.ts";
import { engineVersion, type LoadedProject, writeTarget } from "./project-options.ts";
import { championHashes } from "./scoring.ts";

/** What a run is asked to build. */
export interface PlanRequest {
  readonly manifest: Manifest;
  readonly selected: readonly string[];
  readonly loaded: LoadedProject;
  readonly options: BuildOptions;
}

/** What there is to do now, from the current release, bronze and the champions; written to `target/plan.json`. */
export async function planRun({ manifest, selected, loaded, options }: PlanRequest): Promise<Plan> {
  const current = await readCurrentRelease(loaded.dataDir);
  const state = options.fromNothing === true ? emptyState : (current?.state ?? emptyState);
  const surroundings = {
    engine: await engineVersion(),
    dataDir: loaded.dataDir,
    batches: await listBatches(loaded.dataDir),
    champions: await championHashes(loaded.dataDir),
  };
  const plan = planBuild(manifest, selected, { state, surroundings, options });
  await writeTarget(loaded.project.root, "plan.json", JSON.stringify(plan));
  return plan;
}
