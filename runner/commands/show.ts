import * as z from "zod";

import type { ManifestNode } from "../compile/manifest.ts";
import { ProjectError } from "../diagnostics.ts";
import { kindOf } from "../materializations/materialize.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { compileLoaded, compileOnce } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { inlineModel, queryInline, withInlineModel } from "./inline-model.ts";
import { type LoadedProject, openProject, projectOptions, selectionOptions } from "./project-options.ts";
import { withRelease } from "./read-release.ts";
import { readSelectedNodes } from "./select.ts";
import { alignTable, expandTable } from "./text-table.ts";
import { cellText, type Row } from "../warehouse/cells.ts";
import { projectTexts } from "../project/project-texts.ts";

export const showOptions = z.strictObject({
  ...projectOptions,
  ...selectionOptions,
  inline: z.string().optional().describe("a SELECT to run, written as in a model: \"select * from {{ref 'plays'}}\""),
  limit: z.coerce.number().int().min(-1).default(5).describe("rows a relation; -1 for all"),
});

/** Prints rows of the selected relations as the current release has them. */
export async function show(options: z.infer<typeof showOptions>, effects: Effects): Promise<number> {
  const { project, dataDir, notice } = await openProject(options, effects);
  if (options.inline !== undefined) return showInline({ project, dataDir, notice }, options, effects);
  if (options.select.length === 0) {
    const hint = "for example --select top_tracks_by_mood --limit 10";
    throw new ProjectError([{ path: "--select", message: "says which relation to show", hint }]);
  }
  const manifest = await compileLoaded(project, effects);
  const nodes = (await readSelectedNodes(manifest, options, effects)).flatMap(
    (uniqueId) => manifest.nodes[uniqueId] ?? [],
  );
  const release = await readCurrentRelease(dataDir);
  const built = nodes.filter((node) => kindOf(node) !== "ephemeral");
  const missing = built.filter(({ uniqueId }) => release?.state.nodes[uniqueId] === undefined);
  if (release === null || missing.length > 0) throw notBuilt(missing[0] ?? built[0]);
  if (notice !== null) effects.print(`${notice}\n`);
  await withRelease(release.path, async (connection) => {
    for (const node of built) {
      const limit = options.limit === -1 ? "" : ` limit ${options.limit}`;
      const rows = await connection.query(`select * from ${node.relation}${limit}`);
      const described = await connection.query(`describe ${node.relation}`);
      const columns = described.map((column) => cellText(column["column_name"]));
      effects.print(
        `${node.relation}: ${/^(?:Demo data\. )?.*?\.(?=\s|$)/s.exec(node.description)?.[0] ?? node.description}`,
      );
      printRows(columns, rows, effects);
    }
  });
  return 0;
}

/** The rows of the SQL on the command line, over the current release. */
async function showInline(
  { project, dataDir, notice }: Pick<LoadedProject, "project" | "dataDir" | "notice">,
  { inline: text = "", limit }: z.infer<typeof showOptions>,
  effects: Effects,
): Promise<number> {
  const inlined = withInlineModel(project, text);
  const manifest = await compileOnce(inlined, effects);
  const node = inlineModel(manifest);
  const release = await readCurrentRelease(dataDir);
  const missing = node.reads.find((uniqueId) => release?.state.nodes[uniqueId] === undefined);
  if (release === null || missing !== undefined) throw notBuilt(manifest.nodes[missing ?? ""] ?? node);
  if (notice !== null) effects.print(`${notice}\n`);
  const readText = projectTexts(inlined);
  const rows = await withRelease(release.path, (connection) => queryInline(connection, { manifest, readText, limit }));
  printRows(
    node.boundColumns.map((column) => column.name),
    rows,
    effects,
  );
  return 0;
}

function printRows(columns: readonly string[], rows: readonly Row[], { print, screenWidth }: Effects): void {
  const cells = rows.map((row) => columns.map((column) => row[column] ?? null));
  const table = alignTable(columns, cells);
  const isTooWide = screenWidth !== null && (table[1]?.length ?? 0) > screenWidth;
  for (const line of isTooWide ? expandTable(columns, cells) : table) print(line);
  print(rows.length === 0 ? "(no rows)\n" : "");
}

function notBuilt(node: ManifestNode | undefined): ProjectError {
  const name = node?.name ?? "";
  const message = `${node?.relation ?? "it"} has not been built yet`;
  return new ProjectError([{ path: "--select", message, hint: `npm run build-models -- --select +${name}` }], 1);
}
