import type { Manifest, ManifestNode } from "../compile/manifest.ts";
import { type Html, html } from "./html.ts";
import { dashboardFile, nodeLink } from "./links.ts";
import type { Page } from "./page.ts";

/** The first page: all there is, by schema and folder. */
export function indexPage(manifest: Manifest): Page {
  const { project, nodes, tests, unitTests, dashboards, order } = manifest;
  const all = order.flatMap((uniqueId) => nodes[uniqueId] ?? []);
  const count = (kind: ManifestNode["resourceType"]): number =>
    all.filter(({ resourceType }) => resourceType === kind).length;
  const schemas = [...new Set(all.map(({ schema }) => schema))].toSorted((left, right) => rank(left) - rank(right));
  const figures: readonly (readonly [number, string])[] = [
    [count("model"), "model"],
    [count("source"), "source"],
    [count("seed"), "seed"],
    [tests.length, "data test"],
    [unitTests.length, "unit test"],
    [dashboards.length, "dashboard"],
  ];
  const main = html` <h1>${project}</h1>
    <ul class="figures">
      ${figures.map(([number, what]) => html`<li><strong>${number.toLocaleString("en")}</strong> ${what}${number === 1 ? "" : "s"}</li>`)}
    </ul>
    <nav class="jump" aria-label="Schemas">
      ${schemas.map((schema) => html`<a href="#${schema}">${schema}</a>`)}${dashboards.length === 0 ? null : html`<a href="#dashboards">dashboards</a>`}
    </nav>
    ${schemas.map((schema) =>
      schemaSection(
        schema,
        all.filter((node) => node.schema === schema),
      ),
    )}
    ${dashboards.length === 0 ? null : dashboardSection(dashboards)}`;
  return { title: project, main };
}

const layers = ["bronze", "seeds", "silver", "gold"];

/** Raw to refined; what has no place in that comes last. */
function rank(schema: string): number {
  const at = layers.indexOf(schema);
  return at === -1 ? layers.length : at;
}

function schemaSection(schema: string, nodes: readonly ManifestNode[]): Html {
  const folders = [...new Set(nodes.map(folderOf))];
  return html`<section aria-labelledby="${schema}">
    <h2 id="${schema}">${schema}</h2>
    ${folders.map(
      (folder) =>
        html`${folder === "" ? null : html`<h3>${folder}</h3>`}
          <ul class="cards">
            ${nodes.filter((node) => folderOf(node) === folder).map(card)}
          </ul>`,
    )}
  </section>`;
}

function dashboardSection(dashboards: Manifest["dashboards"]): Html {
  const cards = dashboards.map(
    (it) =>
      html`<li>
        <a href="${dashboardFile(it.name)}">${it.title}</a>
        <p>${it.description}</p>
      </li>`,
  );
  return html`<section aria-labelledby="dashboards">
    <h2 id="dashboards">dashboards</h2>
    <ul class="cards">
      ${cards}
    </ul>
  </section>`;
}

/** The folder below the schema's own: `listening` of models/gold/listening. */
function folderOf(node: ManifestNode): string {
  return node.resourceType === "model" ? node.path.split("/").slice(2, -1).join(" / ") : "";
}

function card(node: ManifestNode): Html {
  const kind =
    node.resourceType === "model" && node.materialized !== "table" ? node.materialized.replaceAll("_", " ") : null;
  return html`<li>
    ${nodeLink(node)}${kind === null ? null : html` <span class="badge">${kind}</span>`}
    <p>${node.description}</p>
  </li>`;
}
