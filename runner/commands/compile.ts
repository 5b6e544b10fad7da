import { join } from "node:path";

import { z } from "zod";

import type { Manifest } from "../compile/manifest.ts";
import { codeVersion } from "./code-version.ts";
import { documentCache } from "./document-cache.ts";
import { bindingOf } from "./binding-of.ts";
import type { Effects } from "./effects.ts";
import {
  engineVersion,
  type LoadedProject,
  localDate,
  openProject,
  projectOptions,
  writeTarget,
} from "./project-options.ts";

export const compileOptions = z.strictObject(projectOptions);

/** Compiles every model and writes `target/manifest.json` and `target/compiled/`. */
export async function compile(options: z.infer<typeof compileOptions>, effects: Effects): Promise<number> {
  const { project } = await openProject(options, effects);
  const manifest = await compileLoaded(project, effects);
  for (const [path, sql] of compiledFiles(manifest)) await writeTarget(project.root, `compiled/${path}`, `${sql}\n`);
  const models = Object.values(manifest.nodes).filter(({ resourceType }) => resourceType === "model");
  effects.print(`Compiled ${models.length} models and ${manifest.tests.length} data tests into target/compiled.`);
  return 0;
}

/** The manifest of a loaded project, which stands in `target/` as well; an unchanged one is taken from there. */
export async function compileLoaded(
  project: LoadedProject["project"],
  effects: Pick<Effects, "now">,
): Promise<Manifest> {
  const runDate = localDate(effects.now(), project);
  const engine = await engineVersion();
  return documentCache(project.root)("manifest", [project, runDate, engine], async () => {
    const [{ compileProject }, { createBinder }, { createSqlParser }] = await Promise.all([
      import("../compile/compile-project.ts"),
      import("../execution/binder.ts"),
      import("../warehouse/sql-parser.ts"),
    ]);
    const cache = (name: string): string => join(project.root, "target", name);
    const version = `${engine} ${codeVersion()}`;
    const parser = createSqlParser(cache("sql-reads.json"), version);
    const binder = createBinder({ ...bindingOf(project), cachePath: cache("columns.json"), engine: version });
    return compileProject(project, runDate, { parser, binder });
  });
}

function compiledFiles(manifest: Manifest): readonly (readonly [string, string])[] {
  const models = Object.values(manifest.nodes).flatMap((node) =>
    node.resourceType === "model" ? [[node.path, node.compiledCode] as const] : [],
  );
  const tests = manifest.tests.flatMap(({ test, path }) =>
    test.kind === "singular" ? [[path, test.compiledCode] as const] : [],
  );
  return [...models, ...tests];
}
