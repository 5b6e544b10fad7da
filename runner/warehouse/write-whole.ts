import { renameSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

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

/** The same of many small files below a folder, by their paths in it: a synchronous call takes a fifth of what an awaited one does. */
export async function writeAllWhole(
  folder: string,
  files: readonly { readonly path: string; readonly content: string }[],
): Promise<void> {
  const places = files.map(({ path, content }) => ({ path: join(folder, path), content }));
  for (const parent of new Set(places.map(({ path }) => dirname(path)))) {
    await withStorageErrors(parent, () => makeFolder(parent));
  }
  await withStorageErrors(folder, async () => {
    for (const { path, content } of places) {
      const temporary = `${path}.${process.pid}`;
      writeFileSync(temporary, content, { mode: 0o600 });
      renameSync(temporary, path);
    }
  });
}
