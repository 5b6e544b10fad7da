import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { isMissing } from "./durable-files.ts";
import { withStorageErrors } from "./storage-errors.ts";

/** `bronze` is held while a batch lands, `build` by one build, training or rollback, `spotify` while the tokens change, `playlists` while they are published. */
export type LockName = "bronze" | "build" | "spotify" | "playlists";

/** Where everything lies below DATA_DIR. */
export interface DataFolder {
  readonly root: string;
  /** Landed Parquet, one folder a table. */
  readonly bronze: string;
  /** `<n>.duckdb` and `<n>.json`, both 0444. */
  readonly releases: string;
  /** Journals, `<run_id>.jsonl`. */
  readonly runs: string;
  readonly registry: string;
  readonly locks: string;
  readonly secrets: string;
  /** Where releases were exported to, a file a place. */
  readonly deliveries: string;
  readonly temporary: string;
  /** What other programs left beside our files, moved here so that nothing is lost. */
  readonly foreign: string;
  /** A hard link to the current release. */
  readonly warehouse: string;
  /** The run in progress. */
  readonly build: string;
}

/** The paths of a data folder; touches nothing. */
export function dataPaths(dataDir: string): DataFolder {
  return {
    root: dataDir,
    bronze: join(dataDir, "bronze"),
    releases: join(dataDir, "releases"),
    runs: join(dataDir, "runs"),
    registry: join(dataDir, "registry"),
    locks: join(dataDir, "locks"),
    secrets: join(dataDir, "secrets"),
    deliveries: join(dataDir, "deliveries"),
    temporary: join(dataDir, "tmp"),
    foreign: join(dataDir, "foreign"),
    warehouse: join(dataDir, "warehouse.duckdb"),
    build: join(dataDir, "build.duckdb"),
  };
}

/** Makes what is missing of a data folder, readable by its owner only (0700); folders that exist keep their modes. */
export async function dataFolder(dataDir: string): Promise<DataFolder> {
  const paths = dataPaths(dataDir);
  const { root, bronze, releases, runs, registry, locks, secrets, temporary } = paths;
  await withStorageErrors(root, async () => {
    for (const folder of [root, bronze, releases, runs, registry, locks, secrets, temporary]) {
      await makeFolder(folder);
    }
  });
  return paths;
}

/** The part of `tmp/` that belongs to the holder of a lock, and that only this holder may sweep. */
export function temporaryFolder(dataDir: string, lock: LockName): string {
  return join(dataPaths(dataDir).temporary, lock);
}

/** Removes what dead processes left in `tmp/`: a build sweeps all but `tmp/bronze`, where a landing may be at work meanwhile. */
export async function sweepTemporary(dataDir: string, lock: LockName): Promise<void> {
  const { temporary } = dataPaths(dataDir);
  const kept = temporaryFolder(dataDir, "bronze");
  const entries = (await readdir(temporary)).map((name) => join(temporary, name));
  const swept = lock === "bronze" ? [kept] : entries.filter((entry) => entry !== kept);
  for (const entry of swept) await rm(entry, { recursive: true, force: true });
}

/** As `mkdir -p` with mode 0700; Node's own `recursive` calls a read-only file system a missing folder. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isMissing(error) && dirname(path) !== path) {
      await makeFolder(dirname(path));
      await makeFolder(path);
      return;
    }
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isThere) throw error;
  }
}
