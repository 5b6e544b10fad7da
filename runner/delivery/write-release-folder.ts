import { chmod, lstat, readdir, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

import { ProjectError } from "../diagnostics.ts";
import { makeFolder } from "../warehouse/data-folder.ts";
import { fileIdentity, sync, writeDurably } from "../warehouse/durable-files.ts";
import type { FileExport } from "./export-files.ts";
import { type ExportColumn, quote, quoteRelation } from "./export-relation.ts";
import { relationFolder, renderHiveTables } from "./hive-tables.ts";
import { hiveCell } from "./hive-types.ts";
import { postgresType } from "./postgres-types.ts";

type FolderFormat = "parquet" | "csv";

/** `<release>-<run id>`. */
const releaseFolder = /^\d+-\d{8}T\w+Z-\w+$/;

const copyOptions = {
  parquet: "format parquet, compression zstd",
  csv: "format csv, header true",
} satisfies Record<FolderFormat, string>;

/**
 * Writes the relations into `<path>/<release>-<run id>`, which never changes again, and points `<path>/current` to it: CSV as
 * `<schema>/<table>.csv`; Parquet with a folder for each relation, as Hive tables have, beside `trino.sql`, which registers them.
 * Whoever opens `current` sees one whole release; gives the path of `current`.
 */
export async function writeReleaseFolder(file: FileExport, format: FolderFormat): Promise<string> {
  const { release, path } = file;
  const name = `${release.number}-${release.state.runId}`;
  const current = join(path, "current");
  await makeFolder(path);
  await refuseStranger(current);
  await sweepDead(path);
  if ((await fileIdentity(join(path, name))) === null) await writeWholeFolder(file, format, join(path, name));
  await rm(`${current}.next`, { force: true });
  await symlink(name, `${current}.next`);
  await rename(`${current}.next`, current);
  await sync(path);
  await removeOldReleases(file, name);
  return current;
}

/** Removes every release of the folder, `current`, and what exports that died left; nothing else in it is touched. */
export async function removeReleaseFolders(path: string): Promise<void> {
  for (const name of ["current", "current.next"]) await rm(join(path, name), { force: true });
  await sweepDead(path);
  for (const name of (await readdir(path)).filter((it) => releaseFolder.test(it))) {
    await rm(join(path, name), { recursive: true });
  }
}

async function writeWholeFolder(file: FileExport, format: FolderFormat, folder: string): Promise<void> {
  const beside = join(dirname(folder), `.next-${process.pid}`);
  for (const { relation, columns } of file.relations) {
    const target = join(beside, pathOf[format](relation, file.release));
    await makeFolder(dirname(target));
    const cells = columns.map((column) => `${cellOf[format](column)} as ${quote(column.name)}`).join(", ");
    await file.source.run(
      `copy (select ${cells} from ${quoteRelation(relation)}) to '${target.replaceAll("'", "''")}' (${copyOptions[format]})`,
    );
    await chmod(target, 0o444);
    await sync(target);
  }
  if (format === "parquet") await writeDurably(join(beside, "trino.sql"), renderHiveTables(file.relations));
  await rename(beside, folder);
}

/** Where a relation lies in its release. A name that no other release has: a query that began before another one was published fails, and never mixes two. */
const pathOf = {
  parquet: (relation, { number, state }) => join(relationFolder(relation), `${number}-${state.runId}.parquet`),
  csv: (relation) => `${relationFolder(relation)}.csv`,
} satisfies Record<FolderFormat, (relation: string, release: FileExport["release"]) => string>;

/** Removes what exports that died left half-written. */
async function sweepDead(path: string): Promise<void> {
  for (const name of await readdir(path)) {
    const pid = /^\.next-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(path, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    // Of this very process nothing can be left but from a namesake.
    return pid !== process.pid && process.kill(pid, 0);
  } catch {
    return false;
  }
}

const cellOf = {
  parquet: hiveCell,
  // Lists and structs as JSON, which others can read.
  csv: (column) => {
    const mapped = postgresType(column);
    return mapped?.type === "jsonb" ? mapped.text(quote(column.name)) : quote(column.name);
  },
} satisfies Record<FolderFormat, (column: ExportColumn) => string>;

async function refuseStranger(current: string): Promise<void> {
  const isStranger = await lstat(current).then(
    (found) => !found.isSymbolicLink(),
    () => false,
  );
  if (!isStranger) return;
  throw new ProjectError([
    { path: current, message: "stands there already, and is no link of an export", hint: "Choose another folder." },
  ]);
}

/** Removes all but the newest releases of the folder; nothing else in it is touched. */
async function removeOldReleases({ path, keepReleases }: FileExport, current: string): Promise<void> {
  const names = (await readdir(path)).filter((name) => releaseFolder.test(name) && name !== current);
  const runOf = (name: string): string => name.slice(name.indexOf("-"));
  const newestFirst = names.toSorted((left, right) => (runOf(left) < runOf(right) ? 1 : -1));
  for (const name of newestFirst.slice(Math.max(0, keepReleases - 1))) {
    await rm(join(path, name), { recursive: true });
  }
}
