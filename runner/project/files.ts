import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** SHA-256 of a text or file content, in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Paths below a folder, relative to `root`, with forward slashes, sorted; none when the folder is missing. */
export async function listFiles(root: string, folder: string, ending: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(root, folder), { recursive: true });
    const paths = entries.map((entry) => `${folder}/${entry.replaceAll("\\", "/")}`);
    return paths.filter((path) => path.endsWith(ending)).toSorted();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
