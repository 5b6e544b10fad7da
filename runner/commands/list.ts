import * as z from "zod";

import type { Manifest } from "../compile/manifest.ts";
import type { Resource } from "../graph/resources.ts";
import { kindOf } from "../materializations/materialize.ts";
import { compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { indirectSelectionOption, openProject, projectOptions, selectionOptions } from "./project-options.ts";
import { readSelectedResources } from "./select.ts";
import { alignTable } from "./text-table.ts";

export const listOptions = z.strictObject({
  ...projectOptions,
  ...selectionOptions,
  ...indirectSelectionOption,
  output: z
    .enum(["table", "name", "path", "selector", "json"])
    .default("table")
    .describe("table, or a line each for scripts: name, path, selector, json"),
});

/**
 * Lists the selected nodes in the order they are built; tests and dashboards where the selection names these, or only these. With
 * another --output everything that is selected, a line each, as dbt's `ls` has it.
 */
export async function list(options: z.infer<typeof listOptions>, effects: Effects): Promise<number> {
  const { project } = await openProject(options, effects);
  const manifest = await compileLoaded(project, effects);
  const resources = await readSelectedResources(manifest, options, effects);
  if (options.output !== "table") {
    for (const resource of resources) effects.print(renderLine[options.output](resource));
    return 0;
  }
  const nodes = resources.filter(({ uniqueId }) => manifest.nodes[uniqueId] !== undefined);
  const others = resources.filter(({ uniqueId }) => manifest.nodes[uniqueId] === undefined);
  const areMeant = nodes.length === 0 || (options.resourceType ?? []).length > 0;
  const lines = [
    ...(nodes.length === 0 && others.length > 0 ? [] : nodeLines(nodes, manifest)),
    ...(areMeant && others.length > 0 ? otherLines(others, manifest) : []),
  ];
  for (const line of lines) effects.print(line);
  return 0;
}

const renderLine = {
  name: ({ name }) => name,
  path: ({ path }) => path,
  selector: ({ resourceType, fqn }) =>
    `${resourceType === "source" || resourceType === "exposure" ? `${resourceType}:` : ""}${fqn.join(".")}`,
  json: ({ uniqueId, name, resourceType, path, fqn, tags, config, dependsOn }) =>
    JSON.stringify({
      unique_id: uniqueId,
      name,
      resource_type: resourceType,
      package_name: fqn[0],
      original_file_path: path,
      tags,
      config,
      depends_on: { nodes: dependsOn },
    }),
} satisfies Record<string, (resource: Resource) => string>;

function nodeLines(resources: readonly Resource[], { nodes, tests }: Manifest): readonly string[] {
  const rows = resources.flatMap(({ uniqueId }) => {
    const node = nodes[uniqueId];
    if (node === undefined) return [];
    const count = tests.filter(({ gate }) => gate === uniqueId).length;
    return [[node.relation, kindOf(node), node.tags.join(", "), count, node.path]];
  });
  return alignTable(["relation", "materialized", "tags", "tests", "path"], rows);
}

function otherLines(resources: readonly Resource[], { nodes }: Manifest): readonly string[] {
  const rows = resources.map(({ name, resourceType, dependsOn, path }) => [
    name,
    resourceType,
    dependsOn.map((uniqueId) => nodes[uniqueId]?.relation ?? uniqueId).join(", "),
    path,
  ]);
  return alignTable(["name", "kind", "of", "path"], rows);
}
