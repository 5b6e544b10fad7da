import { join } from "node:path";

import * as z from "zod";

import { type Dialect, dialects } from "../compile/helpers.ts";
import type { Manifest, ModelNode } from "../compile/manifest.ts";
import { codeVersion } from "./code-version.ts";
import { documentCache } from "./document-cache.ts";
import { ProjectError } from "../diagnostics.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { writeAllWhole } from "../warehouse/write-whole.ts";
import { bindingOf } from "./binding-of.ts";
import { withRelease } from "./read-release.ts";
import type { Effects } from "./effects.ts";
import { keepKeyTests } from "./key-tests-file.ts";
import { engineVersion, type LoadedProject, localDate, openProject, projectOptions } from "./project-options.ts";

export const compileOptions = z.strictObject({
  ...projectOptions,
  dialect: z.enum(dialects).default("duckdb").describe("duckdb, or trino for the models as Trino is to run them"),
});

/**
 * Compiles every model, writes `target/manifest.json` and `target/compiled/` (for Trino `target/trino/`), and tells of columns that the
 * release has otherwise.
 */
export async function compile(options: z.infer<typeof compileOptions>, effects: Effects): Promise<number> {
  const { project, dataDir } = await openProject(options, effects);
  const manifest = await compileLoaded(project, effects);
  if (options.dialect === "trino") return compileForTrino(project, effects);
  await writeAllWhole(join(project.root, "target", "compiled"), compiledFiles(manifest));
  const models = Object.values(manifest.nodes).filter(({ resourceType }) => resourceType === "model");
  effects.print(`Compiled ${models.length} models and ${manifest.tests.length} data tests into target/compiled.`);
  await tellDifferences(manifest, dataDir, effects);
  return 0;
}

/** Columns that differ are what the next build makes, but for tables that it may not change. */
async function tellDifferences(manifest: Manifest, dataDir: string, { print }: Effects): Promise<void> {
  const release = await readCurrentRelease(dataDir);
  if (release === null) return;
  const { compareSchemas } = await import("../execution/schema-differences.ts");
  const isBuilt = (uniqueId: string): boolean => release.state.nodes[uniqueId] !== undefined;
  const { lines, diagnostics } = await withRelease(release.path, (connection) =>
    compareSchemas(connection, manifest, isBuilt),
  );
  if (lines.length > 0) print(`Against release ${release.state.release}:`);
  for (const line of lines) print(`  ${line}`);
  if (diagnostics.length > 0) throw new ProjectError(diagnostics, 1);
}

/** The models of a project that compiles, as an engine is to run them. */
export async function compileDialect(
  project: LoadedProject["project"],
  dialect: Dialect,
  effects: Pick<Effects, "now">,
): Promise<readonly ModelNode[]> {
  const { renderDialect } = await import("../compile/compile-project.ts");
  return renderDialect(project, localDate(effects.now(), project), dialect);
}

async function compileForTrino(project: LoadedProject["project"], effects: Effects): Promise<number> {
  const models = await compileDialect(project, "trino", effects);
  const files = models.map(({ path, compiledCode }) => ({ path, content: `${compiledCode}\n` }));
  await writeAllWhole(join(project.root, "target", "trino"), files);
  effects.print(`Compiled ${models.length} models for Trino into target/trino.`);
  return 0;
}

/** The manifest of a loaded project, which stands in `target/` as well; an unchanged one is taken from there. */
export async function compileLoaded(
  project: LoadedProject["project"],
  effects: Pick<Effects, "now">,
): Promise<Manifest> {
  const { root, ...content } = project;
  const key = [content, localDate(effects.now(), project), await engineVersion()];
  const manifest = await documentCache(root)("manifest", key, async () => {
    const made = await compileOnce(project, effects);
    await keepKeyTests(root, made);
    return made;
  });
  return { ...manifest, root };
}

/** The manifest of a project, made anew. */
export async function compileOnce(project: LoadedProject["project"], effects: Pick<Effects, "now">): Promise<Manifest> {
  const [{ compileProject }, { createBinder }, { createSqlParser }] = await Promise.all([
    import("../compile/compile-project.ts"),
    import("../execution/binder.ts"),
    import("../warehouse/sql-parser.ts"),
  ]);
  const cache = (name: string): string => join(project.root, "target", name);
  const version = `${await engineVersion()} ${codeVersion()}`;
  const parser = createSqlParser(cache("sql-reads.json"), version);
  const binder = createBinder({ ...bindingOf(project), cachePath: cache("columns.json"), engine: version });
  return compileProject(project, localDate(effects.now(), project), { parser, binder });
}

function compiledFiles({ nodes, tests }: Manifest): readonly { readonly path: string; readonly content: string }[] {
  const models = Object.values(nodes).flatMap((node) =>
    node.resourceType === "model" ? [{ path: node.path, content: `${node.compiledCode}\n` }] : [],
  );
  const singular = tests.flatMap(({ test, path }) =>
    test.kind === "singular" ? [{ path, content: `${test.compiledCode}\n` }] : [],
  );
  return [...models, ...singular];
}
