import { z } from "zod";

import { selectNodes } from "../graph/select-nodes.ts";
import { kindOf } from "../materializations/materialize.ts";
import { compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions, selectionOptions } from "./project-options.ts";
import { alignTable } from "./text-table.ts";

export const listOptions = z.strictObject({ ...projectOptions, ...selectionOptions });

/** Lists the selected nodes in the order they are built. */
export async function list(options: z.infer<typeof listOptions>, effects: Effects): Promise<number> {
  const { project } = await openProject(options, effects);
  const manifest = await compileLoaded(project, effects);
  const rows = selectNodes(manifest, options).flatMap((uniqueId) => {
    const node = manifest.nodes[uniqueId];
    if (node === undefined) return [];
    const tests = manifest.tests.filter(({ gate }) => gate === uniqueId).length;
    return [[node.relation, kindOf(node), node.tags.join(", "), tests, node.path]];
  });
  for (const line of alignTable(["relation", "materialized", "tags", "tests", "path"], rows)) effects.print(line);
  return 0;
}
