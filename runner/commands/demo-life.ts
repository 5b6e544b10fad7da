import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { demoNotice, demoTimezone, writeDemoExport } from "../demo/write-demo-export.ts";
import type { Project } from "../project/project.ts";
import type { Effects } from "./effects.ts";
import { demoMarker, type LoadedProject, openProject, type ProjectOptionValues } from "./project-options.ts";

/** Makes the demo's export and opens the project on a DATA_DIR of its own, so that no demo row reaches a real warehouse. */
export async function openDemo(options: ProjectOptionValues, effects: Effects): Promise<LoadedProject> {
  const environment = { ...effects.environment, TONEARM_TIMEZONE: demoTimezone };
  const { project, dataDir } = await openProject(options, { ...effects, environment });
  const demoDir = join(dataDir, "demo");
  const inbox = join(demoDir, "inbox");
  await mkdir(inbox, { recursive: true, mode: 0o700 });
  await writeFile(demoMarker(demoDir), `${demoNotice}\n`);
  await writeDemoExport(inbox);
  return { project: labelDemo(project), dataDir: demoDir, inbox };
}

function labelDemo(project: Project): Project {
  const label = <T extends { readonly description: string }>(documented: T): T => ({
    ...documented,
    description: `Demo data. ${documented.description}`,
  });
  return { ...project, models: project.models.map(label), sources: project.sources.map(label) };
}
