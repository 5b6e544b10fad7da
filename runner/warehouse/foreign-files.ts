import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";

import { dataPaths, makeFolder, type DataFolder } from "./data-folder.ts";
import { copyDurably, isMissing, tryLink } from "./durable-files.ts";

/**
 * Moves what another program wrote ahead for the warehouse or a release out of DuckDB's sight, which would replay it onto the next
 * release; gives one warning a file. To be called before anything of ours opens, copies or replaces a release.
 */
export async function moveForeignWals(dataDir: string): Promise<readonly string[]> {
  const paths = dataPaths(dataDir);
  const wals = [
    ...(await walsOf(paths.root, (database) => database === basename(paths.warehouse))),
    ...(await walsOf(paths.releases, (database) => /^\d+\.duckdb$/.test(database))),
  ];
  return moveAll(paths, wals);
}

/** Gives a file another name under `foreign/`, never over one that is there, and returns it; null when the file is gone. */
export async function keepForeign(paths: DataFolder, path: string): Promise<string | null> {
  await makeFolder(paths.foreign);
  for (let count = 1; ; count++) {
    const kept = join(paths.foreign, basename(path) + (count === 1 ? "" : `.${count}`));
    try {
      if (!(await tryLink(path, kept))) await copyDurably(path, kept);
      return kept;
    } catch (error) {
      if (isMissing(error)) return null;
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
}

async function moveAll(paths: DataFolder, wals: readonly string[]): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const wal of wals) {
    const kept = await keepForeign(paths, wal);
    if (kept === null) continue;
    await rm(wal, { force: true });
    warnings.push(
      `${wal} was left by another program that had the database open for writing; moved to ${kept}, so that its changes do not enter a release. Open the warehouse with duckdb -readonly.`,
    );
  }
  return warnings;
}

async function walsOf(folder: string, isOurs: (database: string) => boolean): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  // DuckDB writes .wal, and .wal.checkpoint or .wal.recovery while it checkpoints.
  return names
    .filter((name) => isOurs(/^(.*)\.wal(\.checkpoint|\.recovery)?$/.exec(name)?.[1] ?? ""))
    .map((name) => join(folder, name));
}
