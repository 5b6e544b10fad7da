import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";

/** Every file below a folder by its relative path, sorted; folders are not listed. */
export async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return files.map((entry) => relative(folder, join(entry.parentPath, entry.name))).toSorted();
}
