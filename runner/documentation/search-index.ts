import type { Manifest } from "../compile/manifest.ts";
import { columnAnchor, dashboardFile, fileOf, nameOf } from "./links.ts";

/** What a search can find: its name, what it is, where it stands, and what is said of it. */
export type SearchEntry = readonly [name: string, kind: string, href: string, description: string];

/** All nodes, their columns and the dashboards. */
export function searchIndex({ nodes, dashboards }: Manifest): readonly SearchEntry[] {
  const all = Object.values(nodes);
  return [
    ...all.map((node): SearchEntry => [nameOf(node), node.resourceType, fileOf(node), node.description]),
    ...dashboards.map((it): SearchEntry => [it.title, "dashboard", dashboardFile(it.name), it.description]),
    ...all.flatMap((node) =>
      node.boundColumns.map(({ name }): SearchEntry => {
        const described = node.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
        return [
          name,
          `column of ${nameOf(node)}`,
          `${fileOf(node)}#${columnAnchor(name)}`,
          described?.description ?? "",
        ];
      }),
    ),
  ];
}
