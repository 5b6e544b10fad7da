import * as z from "zod";

import { findUnportable, type Unportable } from "../compile/find-unportable.ts";
import { dialects } from "../compile/helpers.ts";
import type { ModelNode } from "../compile/manifest.ts";
import { findFrames } from "../compile/source-map.ts";
import { locate } from "../diagnostics.ts";

import type { Project } from "../project/project.ts";
import { compileDialect, compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions, selectionOptions } from "./project-options.ts";
import { readSelectedNodes } from "./select.ts";

export const lintOptions = z.strictObject({
  ...projectOptions,
  ...selectionOptions,
  dialect: z
    .enum(dialects)
    .default("trino")
    .describe("what macros give: trino, or duckdb for the text that DuckDB runs"),
});

/** Says what of the selected models would not run on Trino; 0 all the same, for DuckDB runs it. */
export async function lint(options: z.infer<typeof lintOptions>, effects: Effects): Promise<number> {
  const { project } = await openProject(options, effects);
  const manifest = await compileLoaded(project, effects);
  const selected = new Set(await readSelectedNodes(manifest, options, effects));
  const rendered = await compileDialect(project, options.dialect, effects);
  const models = rendered.filter(({ uniqueId }) => selected.has(uniqueId));
  const texts = textsOf(project);
  const found = models.map((model) => ({ model, findings: findUnportable(model.compiledCode) }));
  for (const { model, findings } of found)
    for (const line of new Set(findings.map((finding) => renderFinding(finding, model, texts)))) effects.print(line);
  const portable = found.filter(({ findings }) => findings.length === 0).length;
  effects.print(`${portable} of ${models.length} models would run on Trino.`);
  return 0;
}

function textsOf({ models, macros }: Project): ReadonlyMap<string, string> {
  return new Map([...models, ...macros].map(({ path, text }) => [path, text]));
}

/** At the place where it is written: in the macro, when one wrote it. */
function renderFinding(
  { offset, construct, kind, instead }: Unportable,
  { path, sourceMap }: ModelNode,
  texts: ReadonlyMap<string, string>,
): string {
  const frame = findFrames(sourceMap, offset).at(-1);
  const written = frame === undefined ? path : (sourceMap.files[frame.file] ?? path);
  const { line, column } = locate(texts.get(written) ?? "", frame?.offset ?? 0);
  const verdict = kind === "silent" ? "gives other rows on Trino" : "is not in Trino";
  return `${written}:${line}:${column} ${construct} ${verdict}; write ${instead}`;
}
