import { dashboardRelation } from "../compile/check-dashboards.ts";
import type { Manifest } from "../compile/manifest.ts";
import type { Chart, Dashboard } from "../project/dashboard.ts";
import { type Html, html } from "./html.ts";
import { nodeLink } from "./links.ts";
import type { Page } from "./page.ts";

/** What a dashboard shows: its charts, why one looks at them, and the tables they read. */
export function dashboardPage({ title, description, tabs }: Dashboard, manifest: Manifest): Page {
  const main = html` <p class="crumbs">
      <a href="index.html">${manifest.project}</a> / <a href="index.html#dashboards">dashboards</a>
    </p>
    <h1>${title}</h1>
    <p class="lead">${description}</p>
    ${tabs.map(
      (tab) =>
        html`<section>
          <h2>${tab.title}</h2>
          <ul class="cards">
            ${tab.charts.map((chart) => chartCard(chart, manifest))}
          </ul>
        </section>`,
    )}`;
  return { title, main };
}

function chartCard({ title, kind, why, table }: Chart, { nodes }: Manifest): Html {
  const node = Object.values(nodes).find(({ relation }) => relation === dashboardRelation(table));
  const link = node === undefined ? html`<code>${table}</code>` : nodeLink(node);
  return html`<li>
    <strong>${title}</strong> <span class="badge">${kind}</span>
    <p>${why}</p>
    <p class="quiet">reads ${link}</p>
  </li>`;
}
