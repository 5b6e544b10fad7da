import type { Manifest } from "../compile/manifest.ts";
import { dashboardPage } from "./dashboard-page.ts";
import { indexPage } from "./index-page.ts";
import { nodePage } from "./node-page.ts";
import { dashboardFile, fileOf } from "./links.ts";
import { renderPage } from "./page.ts";
import { searchIndex } from "./search-index.ts";
import { siteScript } from "./script.ts";
import { siteStyle } from "./style.ts";

/** A file of the documentation, by its path in the folder. */
export interface SiteFile {
  readonly path: string;
  readonly content: string;
}

/** The documentation of a project: static pages that need no server, no network and, but for the search, no script. */
export function renderSite(manifest: Manifest): readonly SiteFile[] {
  const { project, nodes, dashboards } = manifest;
  return [
    { path: "index.html", content: renderPage(indexPage(manifest), project) },
    ...Object.values(nodes).map((node) => ({
      path: fileOf(node),
      content: renderPage(nodePage(node, manifest), project),
    })),
    ...dashboards.map((dashboard) => ({
      path: dashboardFile(dashboard.name),
      content: renderPage(dashboardPage(dashboard, manifest), project),
    })),
    { path: "style.css", content: siteStyle },
    { path: "script.js", content: siteScript(searchIndex(manifest)) },
  ];
}
