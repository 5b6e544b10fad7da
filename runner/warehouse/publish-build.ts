import { rm } from "node:fs/promises";
import { join } from "node:path";

import { dataPaths, type DataFolder } from "./data-folder.ts";
import { chmodIfKnown, sync, writeDurably } from "./durable-files.ts";
import { moveForeignWals } from "./foreign-files.ts";
import { nextRelease } from "./prepare-build.ts";
import { readReleaseState, releaseState, type ReleaseState } from "./release-state.ts";
import { listReleases, type Release } from "./releases.ts";
import { nameRelease, replaceWarehouse, stageWarehouse } from "./replace-warehouse.ts";
import { toStorageError, withStorageErrors } from "./storage-errors.ts";

/** The steps of a publish in their order; a process may die after any of them. */
export const publishSteps = ["sync", "chmod", "state", "link", "stage", "rename", "unlink", "retention"] as const;
export type PublishStep = (typeof publishSteps)[number];

export interface PublishOptions {
  /** How many releases stay, the new one included. */
  readonly keepReleases: number;
  /** Of those, releases published longer ago than this go too; the current one never does. No limit when left out. */
  readonly keepDays?: number | null | undefined;
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
  options: PublishOptions,
): Promise<Publication> {
  const { onStep = () => {} } = options;
  const paths = dataPaths(dataDir);
  return withStorageErrors(paths.root, async () => {
    const release = await nextRelease(paths);
    const path = join(paths.releases, `${release}.duckdb`);
    const state = releaseState.parse({ ...draft, version: 1, release });
    await sync(paths.build);
    onStep("sync");
    await chmodIfKnown(paths.build, 0o444);
    onStep("chmod");
    // The state stands before its database: a release without a state could not be gone on from.
    await writeDurably(join(paths.releases, `${release}.json`), `${JSON.stringify(state, null, 1)}\n`);
    onStep("state");
    await nameRelease(paths, { number: release, path });
    onStep("link");
    const warnings = await publishWarehouse(paths, { number: release, path }, onStep);
    return { release, path, warnings: [...warnings, ...(await tidy(paths, state, options))] };
  });
}

async function publishWarehouse(
  paths: DataFolder,
  release: Pick<Release, "number" | "path">,
  onStep: (step: PublishStep) => void,
): Promise<readonly string[]> {
  await stageWarehouse(paths, release);
  onStep("stage");
  const before = await moveForeignWals(paths.root);
  await replaceWarehouse(paths, release);
  onStep("rename");
  // Once more: a client may have begun to write between the look and the rename.
  return [...before, ...(await moveForeignWals(paths.root))];
}

/** Removes `build.duckdb` and old releases; the release is out, so what fails here is a warning. */
async function tidy(paths: DataFolder, current: ReleaseState, options: PublishOptions): Promise<readonly string[]> {
  try {
    await rm(paths.build, { force: true });
    await sync(paths.root);
    options.onStep?.("unlink");
    await removeOldReleases(paths, current, options);
    options.onStep?.("retention");
    return [];
  } catch (error) {
    const trouble = toStorageError(error, paths.releases);
    return [`the release is published, but old files could not be removed: ${String(trouble)}`];
  }
}

async function removeOldReleases(paths: DataFolder, current: ReleaseState, options: PublishOptions): Promise<void> {
  const now = new Date(current.publishedAt);
  const releases = await listReleases(paths.root);
  for (const [index, release] of releases.entries()) {
    const { number, path, statePath } = release;
    const isOld = index >= options.keepReleases || (await isOlder(release, now, options.keepDays ?? null));
    if (number === current.release || !isOld) continue;
    // The database first: an orphaned state is swept, a database without its state would stay.
    await rm(path, { force: true });
    await rm(statePath, { force: true });
  }
  await sync(paths.releases);
}

async function isOlder({ statePath, number }: Release, now: Date, days: number | null): Promise<boolean> {
  if (days === null) return false;
  const { publishedAt } = await readReleaseState(statePath, number);
  return now.getTime() - new Date(publishedAt).getTime() > days * 24 * 3_600_000;
}
