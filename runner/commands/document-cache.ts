import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

import type { DocumentCache } from "../project/load-project.ts";
import { sha256 } from "../project/sha256.ts";
import { writeWhole } from "../warehouse/write-whole.ts";
import { codeVersion } from "./code-version.ts";

/**
 * Keeps documents as `target/<name>.json`, the last of each name. The seal beside one is the hash of all that it was made from, the runner's
 * code included, and its own. What does not fit its seal (torn, altered, half of it another process's) or was made from anything else is
 * made anew; what throws is never kept.
 */
export function documentCache(root: string): DocumentCache {
  return async <Document>(name: string, inputs: readonly unknown[], make: () => Promise<Document>) => {
    const path = join(root, "target", `${name}.json`);
    const key = sha256(JSON.stringify([codeVersion(), process.versions, inputs]));
    const kept = readKept(path, key);
    if (kept !== null) {
      const document: Document = JSON.parse(kept);
      return document;
    }
    const document = await make();
    // Who only reads needs no place to write, and who must write is told by what comes next.
    await keep(path, key, document).catch(() => undefined);
    return document;
  };
}

function readKept(path: string, key: string): string | null {
  try {
    const seal = readFileSync(sealPath(path), "utf8");
    if (!seal.startsWith(key)) return null;
    const text = readFileSync(path, "utf8");
    return seal === sealOf(key, text) ? text : null;
  } catch {
    // Nothing is kept yet, or it cannot be read.
    return null;
  }
}

async function keep(path: string, key: string, document: unknown): Promise<void> {
  const text = JSON.stringify(document);
  await writeWhole(path, text);
  // Without a seal it is a file for people: JSON has no word for infinity, for instance.
  if (isDeepStrictEqual(JSON.parse(text), document)) await writeWhole(sealPath(path), sealOf(key, text));
}

function sealPath(path: string): string {
  return path.replace(/\.json$/, ".seal");
}

function sealOf(key: string, text: string): string {
  return `${key}  ${sha256(text)}\n`;
}
