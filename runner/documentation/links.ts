import type { ManifestNode } from "../compile/manifest.ts";
import { type Html, html } from "./html.ts";

/** The page of a node: `model.plays.html`, `source.bronze.landings.html`. */
export function fileOf({ uniqueId }: Pick<ManifestNode, "uniqueId">): string {
  const [kind = "", , ...name] = uniqueId.split(".");
  return `${[kind, ...name].join(".")}.html`;
}

/** The page of a dashboard. */
export function dashboardFile(name: string): string {
  return `dashboard.${name}.html`;
}

/** A node's name as people say it: of a source with its schema. */
export function nameOf(node: ManifestNode): string {
  return node.resourceType === "source" ? node.relation : node.name;
}

/** The place of a column on its node's page. */
export function columnAnchor(column: string): string {
  return `column-${encodeURIComponent(column)}`;
}

/** A link to a node's page, or to a column on it. */
export function nodeLink(node: ManifestNode, column?: string): Html {
  if (column === undefined) return html`<a href="${encodeURI(fileOf(node))}">${nameOf(node)}</a>`;
  const href = `${encodeURI(fileOf(node))}#${columnAnchor(column)}`;
  return html`<a href="${href}"><span class="quiet">${nameOf(node)}.</span>${column}</a>`;
}
