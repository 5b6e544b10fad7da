import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type KeyTest, parseKeyTests } from "../delivery/key-tests.ts";
import type { Project } from "../project/project.ts";
import type { Effects } from "./effects.ts";

/** Tests of keys as the last build compiled them, which is what the release was tested by; compiled now where nothing is left of it. */
export async function readKeyTests(
  root: string,
  project: () => Promise<Project>,
  effects: Effects,
): Promise<readonly KeyTest[]> {
  const text = await readFile(join(root, "target/manifest.json"), "utf8").catch(() => null);
  if (text !== null) return parseKeyTests(JSON.parse(text));
  const { compileLoaded } = await import("./compile.ts");
  return parseKeyTests(await compileLoaded(await project(), effects));
}
