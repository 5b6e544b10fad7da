import { rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { makeFolder } from "./data-folder.ts";
import { withStorageErrors } from "./storage-errors.ts";

/** Writes a file that can be made again (0600, folders 0700), whole or not at all; no fsync. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await withStorageErrors(path, async () => {
    await makeFolder(dirname(path));
    const temporary = `${path}.${process.pid}`;
    await writeFile(temporary, content, { mode: 0o600 });
    await rename(temporary, path);
  });
}
