import { chmod, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { isMissing } from "../warehouse/durable-files.ts";

/** Makes a folder that only its owner can enter, missing parents likewise; one that is there already is closed to others. */
export async function privateFolder(path: string): Promise<void> {
  await make(path);
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) await chmod(path, 0o700);
}

/** Step by step, because Node's recursive mkdir calls a read-only file system a missing folder. */
async function make(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return;
    if (!isMissing(error) || dirname(path) === path) throw error;
    await make(dirname(path));
    await mkdir(path, { mode: 0o700 });
  }
}
