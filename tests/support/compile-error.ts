import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { compileProject } from "../../runner/compile/compile-project.ts";
import type { Manifest } from "../../runner/compile/manifest.ts";
import { ProjectError } from "../../runner/diagnostics.ts";
import { loadProject } from "../../runner/project/load-project.ts";
import { bindingOf } from "../../runner/commands/binding-of.ts";
import { createBinder } from "../../runner/execution/binder.ts";
import { createSqlParser } from "../../runner/warehouse/sql-parser.ts";

export const baseProject = {
  "project.yml":
    "name: small\nvars: { timezone: UTC, limit_rows: 3, moods: [happy, sad] }\nmodels:\n  silver: { schema: silver, critical: true }\n",
  "models/silver/plays.sql": "select 1 as play_id\n",
};

/** Compiles a project of these files, on top of the base ones, in a folder that goes at once. */
export async function compileFiles(files: Readonly<Record<string, string>>): Promise<Manifest> {
  const root = await mkdtemp(join(tmpdir(), "tonearm-compile-"));
  try {
    for (const [path, text] of Object.entries({ ...baseProject, ...files })) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const project = await loadProject(root);
    const parser = createSqlParser(join(root, "reads.json"), "test");
    const binder = createBinder({ ...bindingOf(project), cachePath: join(root, "columns.json"), engine: "test" });
    return await compileProject(project, "2026-01-31", { parser, binder });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** What a person reads when these files do not compile. */
export async function compileError(files: Readonly<Record<string, string>>): Promise<string> {
  try {
    await compileFiles(files);
  } catch (error) {
    if (error instanceof ProjectError) return error.message;
    throw error;
  }
  return "it compiles";
}
