import { chmod, stat } from "node:fs/promises";

import { makeFolder } from "../warehouse/data-folder.ts";

/** Makes a folder that only its owner can enter, missing parents likewise; one that is there already is closed to others. */
export async function privateFolder(path: string): Promise<void> {
  await makeFolder(path);
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) await chmod(path, 0o700);
}
