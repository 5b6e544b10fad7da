import { rename } from "node:fs/promises";

import { noteCopied, noteReplacing, readCopyNote } from "./copied-warehouse.ts";
import type { DataFolder } from "./data-folder.ts";
import { copyDurably, replaceByStaged, stagedPath, stageLink, sync, tryLink } from "./durable-files.ts";
import { type Release, releaseFiles } from "./releases.ts";

type Numbered = Pick<Release, "number" | "path">;

/** Gives `build.duckdb` its number: as a second name of the same file or, where there are no links, as its only one. */
export async function nameRelease(paths: DataFolder, { number, path }: Numbered): Promise<void> {
  if (!(await tryLink(paths.build, path))) {
    // First, so that a release which is not the warehouse yet is known for one that was never published.
    await noteReplacing(paths.root, number - 1);
    await rename(paths.build, path);
  }
  await sync(paths.releases);
}

/** Prepares a release to become the warehouse, by a link or a copy beside it. */
export async function stageWarehouse(paths: DataFolder, { path }: Numbered): Promise<void> {
  if (await stageLink(path, paths.warehouse)) return;
  const note = await readCopyNote(paths.root);
  const [newest] = await releaseFiles(paths);
  await noteReplacing(paths.root, note?.newest ?? newest?.number ?? 0);
  await copyDurably(path, stagedPath(paths.warehouse));
}

/** Makes what was staged the warehouse, by one rename. */
export async function replaceWarehouse(paths: DataFolder, { number }: Numbered): Promise<void> {
  await replaceByStaged(paths.warehouse);
  if ((await readCopyNote(paths.root)) !== null) await noteCopied(paths.root, number);
}
