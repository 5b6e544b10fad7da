import { chmod, link, rm } from "node:fs/promises";
import { join } from "node:path";

import { dataPaths, type DataFolder } from "./data-folder.ts";
import { fileIdentity, replaceByStaged, stageLink, sync, writeDurably } from "./durable-files.ts";
import { moveForeignWals } from "./foreign-files.ts";
import { nextRelease } from "./prepare-build.ts";
import { releaseState, type ReleaseState } from "./release-state.ts";
import { listReleases } from "./releases.ts";
import { toStorageError, withStorageErrors } from "./storage-errors.ts";

/** The steps of a publish in their order; a process may die after any of them. */
export const publishSteps = ["sync", "chmod", "state", "link", "stage", "rename", "unlink", "retention"] as const;
export type PublishStep = (typeof publishSteps)[number];

export interface PublishOptions {
  /** How many releases stay, the new one included. */
  readonly keepReleases: number;
  /** Told of each step when it is done. */
  readonly onStep?: ((step: PublishStep) => void) | undefined;
}

/** What a publish made, and what the user should hear of. */
export interface Publication {
  readonly release: number;
  readonly path: string;
  readonly warnings: readonly string[];
}

/** The state of a release before it has its number. */
export type ReleaseDraft = Omit<ReleaseState, "version" | "release">;

/** Makes `build.duckdb`, checkpointed and detached, the next release and the warehouse; the caller holds the build lock. */
export async function publishBuild(
  dataDir: string,
  draft: ReleaseDraft,
  { keepReleases, onStep = () => {} }: PublishOptions,
): Promise<Publication> {
  const paths = dataPaths(dataDir);
  return withStorageErrors(paths.root, async () => {
    const release = await nextRelease(paths);
    const path = join(paths.releases, `${release}.duckdb`);
    const state = releaseState.parse({ ...draft, version: 1, release });
    await sync(paths.build);
    onStep("sync");
    await chmod(paths.build, 0o444);
    onStep("chmod");
    // The state stands before its database: a release without a state could not be gone on from.
    await writeDurably(join(paths.releases, `${release}.json`), `${JSON.stringify(state, null, 1)}\n`);
    onStep("state");
    await link(paths.build, path);
    await sync(paths.releases);
    onStep("link");
    const warnings = await replaceWarehouse(paths, onStep);
    return { release, path, warnings: [...warnings, ...(await tidy(paths, { keepReleases, onStep }))] };
  });
}

async function replaceWarehouse(paths: DataFolder, onStep: (step: PublishStep) => void): Promise<readonly string[]> {
  await stageLink(paths.build, paths.warehouse);
  onStep("stage");
  const before = await moveForeignWals(paths.root);
  await replaceByStaged(paths.warehouse);
  onStep("rename");
  // Once more: a client may have begun to write between the look and the rename.
  return [...before, ...(await moveForeignWals(paths.root))];
}

/** Removes `build.duckdb` and old releases; the release is out, so what fails here is a warning. */
async function tidy(paths: DataFolder, { keepReleases, onStep }: PublishOptions): Promise<readonly string[]> {
  try {
    await rm(paths.build, { force: true });
    await sync(paths.root);
    onStep?.("unlink");
    await removeOldReleases(paths, keepReleases);
    onStep?.("retention");
    return [];
  } catch (error) {
    const trouble = toStorageError(error, paths.releases);
    return [`the release is published, but old files could not be removed: ${String(trouble)}`];
  }
}

async function removeOldReleases(paths: DataFolder, keepReleases: number): Promise<void> {
  const warehouse = await fileIdentity(paths.warehouse);
  const old = (await listReleases(paths.root)).slice(keepReleases);
  for (const { identity, path, statePath } of old) {
    if (identity === warehouse) continue;
    // The database first: an orphaned state is swept, a database without its state would stay.
    await rm(path, { force: true });
    await rm(statePath, { force: true });
  }
  await sync(paths.releases);
}
