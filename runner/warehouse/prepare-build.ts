import { constants, copyFile, readdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";

import { dataFolder, dataPaths, type DataFolder, sweepTemporary } from "./data-folder.ts";
import { chmodIfKnown, fileIdentity, stagedPath } from "./durable-files.ts";
import { keepForeign, moveForeignWals } from "./foreign-files.ts";
import { sweepPin } from "./pin.ts";
import { type CurrentRelease, listReleases, readCurrentRelease, releaseFiles } from "./releases.ts";
import { replaceWarehouse, stageWarehouse } from "./replace-warehouse.ts";
import { withStorageErrors } from "./storage-errors.ts";

/** What a run finds once the folder is put right. */
export interface SettledFolder {
  readonly current: CurrentRelease | null;
  readonly warnings: readonly string[];
}

/** Removes what dead runs left and puts `warehouse.duckdb` right; the caller holds the build lock. */
export async function settleFolder(dataDir: string): Promise<SettledFolder> {
  const paths = await dataFolder(dataDir);
  return withStorageErrors(paths.root, async () => {
    const walWarnings = await moveForeignWals(dataDir);
    await sweep(paths);
    const current = await readCurrentRelease(dataDir);
    const warnings = [...walWarnings, ...(current?.warnings ?? []), ...(await mendWarehouse(paths, current))];
    await sweepPin(dataDir, current?.number);
    return { current, warnings };
  });
}

/** Gives the path of `build.duckdb`, a writable copy of a release; no file yet without one. The caller holds the build lock. */
export async function copyToBuild(dataDir: string, release: CurrentRelease | null): Promise<string> {
  const { root, build } = dataPaths(dataDir);
  await withStorageErrors(root, async () => {
    if (release === null) return;
    await copyFile(release.path, build, constants.COPYFILE_FICLONE);
    await chmodIfKnown(build, 0o600);
  });
  return build;
}

/** Removes what a run that ends without a release leaves, so that it takes no room; what cannot be removed now, the next build sweeps. */
export async function discardBuild(dataDir: string): Promise<void> {
  await sweep(dataPaths(dataDir)).catch(() => undefined);
}

/** The number after every release there is. */
export async function nextRelease(paths: DataFolder): Promise<number> {
  const [newest] = await listReleases(paths.root);
  return (newest?.number ?? 0) + 1;
}

async function sweep(paths: DataFolder): Promise<void> {
  await sweepTemporary(paths.root, "build");
  await removeUnpublished(paths);
  // Only now: as long as build.duckdb stands, its inode tells which release was never published. DuckDB leaves a .wal when it is killed in
  // a checkpoint, also where it writes none.
  const build = basename(paths.build);
  for (const name of await readdir(paths.root)) {
    const isRemnant = name === build || name.startsWith(`${build}.`);
    if (isRemnant) await rm(join(paths.root, name), { recursive: true, force: true });
  }
  await rm(stagedPath(paths.warehouse), { force: true });
  await removeOrphans(paths);
}

async function removeUnpublished(paths: DataFolder): Promise<void> {
  const published = new Set((await listReleases(paths.root)).map(({ number }) => number));
  for (const { number, path } of await releaseFiles(paths)) {
    if (!published.has(number)) await rm(path, { force: true });
  }
}

/** Removes states whose database is gone, or never came, and files that were not yet renamed to their place. */
async function removeOrphans(paths: DataFolder): Promise<void> {
  const names = await readdir(paths.releases);
  for (const name of names) {
    const number = /^(\d+)\.json$/.exec(name)?.[1];
    const isOrphan = number === undefined ? name.endsWith(".next") : !names.includes(`${number}.duckdb`);
    if (isOrphan) await rm(join(paths.releases, name), { force: true });
  }
}

async function mendWarehouse(paths: DataFolder, current: CurrentRelease | null): Promise<readonly string[]> {
  if (current?.warehouse === "linked") return [];
  const isForeign = current === null || current.warehouse === "foreign";
  const warnings = isForeign ? await keepForeignWarehouse(paths) : [];
  if (current !== null) {
    await stageWarehouse(paths, current);
    await replaceWarehouse(paths, current);
  }
  return warnings;
}

/** A warehouse without another name would be gone with the next publish: it may be the only copy of something. */
async function keepForeignWarehouse(paths: DataFolder): Promise<readonly string[]> {
  if ((await fileIdentity(paths.warehouse)) === null) return [];
  const hasOtherName = (await stat(paths.warehouse)).nlink > 1;
  const kept = hasOtherName ? null : await keepForeign(paths, paths.warehouse);
  return kept === null ? [] : [`${paths.warehouse} is no release of this folder; it is kept as ${kept}.`];
}
