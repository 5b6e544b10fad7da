import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Project } from "./project.ts";

const empty = /^(\s+timezone:)[^\S\n]*(?:null|~)?([^\S\n]*(?:#.*)?)$/m;

/** A project without a time zone gets this machine's, written into project.yml once and said so. */
export async function fillTimezone(project: Project, say: (line: string) => void): Promise<Project> {
  if (!("timezone" in project.vars) || project.vars["timezone"] !== null) return project;
  const timezone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const path = join(project.root, "project.yml");
  const text = await readFile(path, "utf8");
  const filled = text.replace(empty, `$1 ${timezone}$2`);
  const written =
    filled !== text &&
    (await writeFile(path, filled).then(
      () => true,
      () => false,
    ));
  const place = written ? "written to project.yml" : "not written: project.yml cannot be changed; set TONEARM_TIMEZONE";
  say(`Time zone: ${timezone} (this machine's; ${place}). Hours and days are counted in it.`);
  if (timezone === "UTC" || timezone === "Etc/UTC") {
    say("If you do not live in UTC, set timezone in project.yml, for example to Europe/Berlin.");
  }
  return { ...project, vars: { ...project.vars, timezone } };
}
