import { constants } from "node:fs";
import { access, link, mkdtemp, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { isMissing } from "../../warehouse/durable-files.ts";
import { dataPaths } from "../../warehouse/data-folder.ts";
import { readCurrentRelease } from "../../warehouse/releases.ts";
import { toStorageError } from "../../warehouse/storage-errors.ts";
import { type Check, type Finding, findingsOf, look, ok, wrong } from "./finding.ts";

/** Whether this user may write where the data lies, and nobody else may read it. */
export const checkRights: Check = async ({ loaded: { dataDir, project }, effects }) => {
  const { root, secrets } = dataPaths(dataDir);
  if (!(await isThere(root))) return [ok(`${root} is made by the first run`)];
  return [
    await tryToWrite(root),
    await tryAccess(project.root),
    ...(await checkModes([root, secrets], 0o700)),
    ...(await checkModes([join(effects.cwd, ".env")], 0o600)),
  ];
};

/** Builds copy the release, so it must fit once more, besides what the settings want free. */
export const checkDisk: Check = async ({ loaded: { dataDir, project } }) => {
  const place = (await isThere(dataDir)) ? dataDir : project.root;
  const free = await freeDisk(place);
  const current = await readCurrentRelease(dataDir);
  const size = current === null ? 0 : (await stat(current.path)).size;
  const text = `${gigabytes(free)} are free, a release takes ${gigabytes(size)}`;
  if (free < 2 * size) return [wrong(text, "The next build may not fit: free some space, or move DATA_DIR.")];
  if (free < project.alerts.minFreeDisk)
    return [look(text, `alerts.min_free_disk warns below ${gigabytes(project.alerts.minFreeDisk)}: free some space.`)];
  return [ok(text)];
};

/** Bytes that this user may still write there. */
export async function freeDisk(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

async function tryToWrite(folder: string): Promise<Finding> {
  try {
    const scratch = await mkdtemp(join(folder, "tmp-debug-"));
    try {
      await writeFile(join(scratch, "file"), "");
      // A release is published by a hard link.
      await link(join(scratch, "file"), join(scratch, "link"));
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
    return ok(`${folder} can be written, with hard links`);
  } catch (error) {
    return findingsOf(toStorageError(error, folder))[0] ?? wrong(`${folder} cannot be written`);
  }
}

async function tryAccess(root: string): Promise<Finding> {
  return access(root, constants.W_OK).then(
    () => ok(`${root} can be written (target/)`),
    () => wrong(`${root} cannot be written, where target/ is made`, "Give it to the user who runs tonearm."),
  );
}

async function checkModes(paths: readonly string[], wanted: number): Promise<readonly Finding[]> {
  const findings = paths.map(async (path): Promise<Finding | null> => {
    const found = await stat(path).catch(() => null);
    if (found === null || process.platform === "win32" || (found.mode & 0o077) === 0) return null;
    const mode = (found.mode & 0o777).toString(8);
    return look(`${path} can be read by others (mode ${mode})`, `chmod ${wanted.toString(8)} ${path}`);
  });
  return (await Promise.all(findings)).filter((finding) => finding !== null);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1)} GB`;
}
