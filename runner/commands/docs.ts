import { rm } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { renderSite } from "../documentation/site.ts";
import { writeAllWhole } from "../warehouse/write-whole.ts";
import { compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";

export const docsOptions = z.strictObject(projectOptions);

/** Writes the documentation of the project into `target/docs`: pages that open from the disk, without a server. */
export async function docs(options: z.infer<typeof docsOptions>, effects: Effects): Promise<number> {
  const { project } = await openProject(options, effects);
  const files = renderSite(await compileLoaded(project, effects));
  await rm(join(project.root, "target", "docs"), { recursive: true, force: true });
  await writeAllWhole(join(project.root, "target", "docs"), files);
  const pages = files.filter(({ path }) => path.endsWith(".html")).length;
  effects.print(`Wrote ${pages} pages into target/docs; open ${join(project.root, "target", "docs", "index.html")}`);
  return 0;
}
