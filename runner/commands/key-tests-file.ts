import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type KeyTest, parseKeyTests } from "../delivery/key-tests.ts";
import { writeWhole } from "../warehouse/write-whole.ts";

/** Keeps of a new manifest the tests that say something of keys, beside it: an export reads them in a tenth of the time. */
export async function keepKeyTests(root: string, manifest: unknown): Promise<void> {
  // Who only reads needs no place to write.
  await writeWhole(pathOf(root), JSON.stringify({ tests: parseKeyTests(manifest) })).catch(() => undefined);
}

/** The tests of keys that the last compilation kept; null where none did. */
export async function keptKeyTests(root: string): Promise<readonly KeyTest[] | null> {
  const text = await readFile(pathOf(root), "utf8").catch(() => null);
  return text === null ? null : parseKeyTests(JSON.parse(text));
}

function pathOf(root: string): string {
  return join(root, "target", "key_tests.json");
}
