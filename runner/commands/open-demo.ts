import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";

import { demoNotice, demoTimezone, writeDemoExport } from "../demo/write-demo-export.ts";
import { makeFolder } from "../warehouse/data-folder.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { readDemoMarker, writeDemoMarker } from "./demo-marker.ts";
import type { Effects } from "./effects.ts";
import { type LoadedProject, openProject, type ProjectOptionValues } from "./project-options.ts";

/** Makes the demo's export and opens the project on a DATA_DIR of its own, so that no demo row reaches a real warehouse. */
export async function openDemo(options: ProjectOptionValues, effects: Effects): Promise<LoadedProject> {
  const base = effects.environment["DATA_DIR"] ?? "data";
  const dataDir = resolve(effects.cwd, options.projectDir, base, "demo");
  const inbox = join(dataDir, "inbox");
  await withStorageErrors(inbox, () => makeFolder(inbox));
  const made = await hashFiles(await writeDemoExport(inbox));
  const before = await readDemoMarker(dataDir);
  // Another version of the demo is another life: landed beside this one, both would count.
  if (before !== null && before.export !== made) await startAfresh(dataDir, inbox);
  await writeDemoMarker(dataDir, { notice: demoNotice, timezone: demoTimezone, export: made });
  return openProject(options, { ...effects, environment: { ...effects.environment, DATA_DIR: dataDir } });
}

async function startAfresh(dataDir: string, inbox: string): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
  await writeDemoExport(inbox);
}

async function hashFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(await readFile(path));
  return hash.digest("hex");
}
