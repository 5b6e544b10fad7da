import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { Manifest } from "../runner/compile/manifest.ts";
import { projectRoot } from "./measure.ts";

/** The manifest that the last compile wrote. */
export async function readManifest(): Promise<Manifest> {
  return JSON.parse(await readFile(join(projectRoot, "target/manifest.json"), "utf8"));
}
