import * as z from "zod";

import { findUnportable, type Unportable } from "../compile/find-unportable.ts";
import { dialects } from "../compile/helpers.ts";
import type { Manifest, ModelNode } from "../compile/manifest.ts";
import { findFrames, findSamePlace } from "../compile/source-map.ts";
import { findUnportableTypes } from "../compile/unportable-types.ts";
import { locate } from "../diagnostics.ts";
import type { Project } from "../project/project.ts";
import { projectTexts, type ReadText } from "../project/project-texts.ts";
import { bindingOf } from "./binding-of.ts";
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
  const typed = await typedFindings(models, manifest, project);
  const readText = projectTexts(project);
  const found = models.map((model) => {
    const findings = [...findUnportable(model.compiledCode), ...(typed.get(model.uniqueId) ?? [])];
    return { model, findings: findings.toSorted((left, right) => left.offset - right.offset) };
  });
  // What an ephemeral model has stands in each that reads it too.
  const lines = found.flatMap(({ model, findings }) =>
    findings.map((finding) => renderFinding(finding, model, readText)),
  );
  for (const line of new Set(lines)) effects.print(line);
  const portable = found.filter(({ findings }) => findings.length === 0).length;
  effects.print(`${portable} of ${models.length} models would run on Trino.`);
  return 0;
}

/** What types tell, as DuckDB binds its own text, at its place in the texts of `models`; what only DuckDB's text has is none of it. */
async function typedFindings(
  models: readonly ModelNode[],
  manifest: Manifest,
  project: Project,
): Promise<ReadonlyMap<string, readonly Unportable[]>> {
  const { readPlans } = await import("../execution/read-plans.ts");
  const pairs = models.flatMap((model) => {
    const bound = manifest.nodes[model.uniqueId];
    return bound?.resourceType === "model" ? [{ model, bound }] : [];
  });
  const settings = { ...bindingOf(project), manifest };
  const plans = await readPlans(
    pairs.map(({ bound }) => bound),
    settings,
  );
  return new Map(
    pairs.map(({ model, bound }) => {
      const findings = findUnportableTypes(plans.get(bound.uniqueId), bound.compiledCode);
      const moved = findings.flatMap((finding) =>
        findSamePlace({ map: bound.sourceMap, offset: finding.offset }, model.sourceMap).map((offset) => ({
          ...finding,
          offset,
        })),
      );
      return [bound.uniqueId, moved];
    }),
  );
}

/** At the place where it is written: in the macro, when one wrote it. */
function renderFinding(
  { offset, construct, kind, instead }: Unportable,
  { path, sourceMap }: ModelNode,
  readText: ReadText,
): string {
  const frame = findFrames(sourceMap, offset).at(-1);
  const written = frame === undefined ? path : (sourceMap.files[frame.file] ?? path);
  const { line, column } = locate(readText(written), frame?.offset ?? 0);
  const verdict = kind === "silent" ? "gives other rows on Trino" : "is not in Trino";
  return `${written}:${line}:${column} ${construct} ${verdict}; write ${instead}`;
}
