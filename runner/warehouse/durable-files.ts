import { chmod, constants, copyFile, link, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

/** Device and inode of a file, equal for two names of the same file; null when there is none. */
export async function fileIdentity(path: string): Promise<string | null> {
  // As bigint: inodes of some file systems are beyond 2^53.
  const found = await stat(path, { bigint: true }).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  return found && `${found.dev}:${found.ino}`;
}

/** True for the error of a path that does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/** Waits until a file, or the names in a folder, are on the disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Name under which a file stands before it is renamed to its place; a crash may leave it, the next build sweeps it. */
export function stagedPath(path: string): string {
  return `${path}.next`;
}

/** Writes a read-only (0444) file that is there as a whole or not at all, also after a power cut. */
export async function writeDurably(path: string, text: string): Promise<void> {
  await writeStaged(stagedPath(path), text, 0o444);
  await rename(stagedPath(path), path);
  await sync(dirname(path));
}

/** The same for a file of the owner alone (0600) that several processes may write at once: the last one stands. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const staged = stagedPath(`${path}.${process.pid}`);
  await writeStaged(staged, text, 0o600);
  await rename(staged, path);
  await sync(dirname(path));
}

/** Gives a file a second name beside the final one, to be renamed over it; false where the file system has no links. */
export async function stageLink(existing: string, path: string): Promise<boolean> {
  await rm(stagedPath(path), { force: true });
  return tryLink(existing, stagedPath(path));
}

/** Gives a file a second name; false where the file system has no links (exFAT, FAT, some network drives), or no more for this file. */
export async function tryLink(existing: string, path: string): Promise<boolean> {
  try {
    await link(existing, path);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(String(code))) return false;
    throw error;
  }
}

/** Copies a file, which must not be there yet, and waits until it is on the disk. */
export async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  await sync(to);
}

/** Sets a file's mode where the file system knows modes. */
export async function chmodIfKnown(path: string, mode: number): Promise<void> {
  await chmod(path, mode).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) throw error;
  });
}

/** Renames a staged link to its place: whoever opens the name sees the old file or the new one, nothing between. */
export async function replaceByStaged(path: string): Promise<void> {
  await rename(stagedPath(path), path);
  // Renaming one name of a file over another name of the same file does nothing and leaves both.
  await rm(stagedPath(path), { force: true });
  await sync(dirname(path));
}

async function writeStaged(staged: string, text: string, mode: number): Promise<void> {
  await rm(staged, { force: true });
  const handle = await open(staged, "wx", mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
