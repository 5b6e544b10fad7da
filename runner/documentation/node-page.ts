import type { BoundColumn, Manifest, ManifestNode, ManifestTest } from "../compile/manifest.ts";
import { isTestOf } from "../compile/tested-columns.ts";
import { describeTest } from "./describe-test.ts";
import { type Html, html } from "./html.ts";
import { nearEdges, wholeEdges } from "./lineage-edges.ts";
import { lineageGraph } from "./lineage-graph.ts";
import { columnAnchor, dashboardFile, nameOf, nodeLink } from "./links.ts";
import type { Page } from "./page.ts";
import { readersOf } from "./readers.ts";

/** What there is to know of a source, a seed or a model. */
export function nodePage(node: ManifestNode, manifest: Manifest): Page {
  const main = html` <p class="crumbs">
      <a href="index.html">${manifest.project}</a> / <a href="index.html#${node.schema}">${node.schema}</a>
    </p>
    <h1>${nameOf(node)}</h1>
    <p class="badges">${badges(node)}</p>
    ${node.description === "" ? null : html`<p class="lead">${node.description}</p>`} ${facts(node, manifest)}
    ${section("columns", "Columns", columnTable(node, manifest))} ${lineageSection(node, manifest)}
    ${testSection(node, manifest)} ${codeSection(node)}`;
  return { title: nameOf(node), main };
}

function lineageSection(node: ManifestNode, manifest: Manifest): Html | null {
  const near = nearEdges(node, manifest);
  const graph = lineageGraph(node, manifest, near);
  if (graph === null) return null;
  const whole = wholeEdges(node, manifest);
  const farther = whole.length > near.length ? lineageGraph(node, manifest, whole) : null;
  const content = html`<p class="quiet">
      Left: what its columns are made of. Right: what is made of them. Point at a column, or walk there with the
      keyboard, to see its own lines.
    </p>
    ${graph}
    ${
      farther === null
        ? null
        : html`<details class="whole">
            <summary>All the way, from the sources to the last table</summary>
            ${farther}
          </details>`
    }`;
  return section("lineage", "Column lineage", content);
}

function section(id: string, title: string, content: Html): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${content}
  </section>`;
}

function badges(node: ManifestNode): readonly Html[] {
  const kind = node.resourceType === "model" ? node.materialized.replaceAll("_", " ") : node.resourceType;
  return [
    html`<span class="badge kind ${node.resourceType}">${kind}</span>`,
    ...(node.critical ? [html`<span class="badge critical">critical</span>`] : []),
    ...node.tags.map((tag) => html`<span class="badge">${tag}</span>`),
  ];
}

function facts(node: ManifestNode, manifest: Manifest): Html {
  const { nodes, dashboards } = manifest;
  const linked = (uniqueIds: readonly string[]): readonly Html[] => {
    const links = uniqueIds.flatMap((uniqueId) => nodes[uniqueId] ?? []).map((other) => nodeLink(other));
    return links.map((link, at) => html`${at === 0 ? "" : ", "}${link}`);
  };
  const shown = dashboards.filter(({ tabs }) =>
    tabs.some(({ charts }) =>
      charts.some(({ table }) => [node.name, node.relation].includes(table) && node.schema === "gold"),
    ),
  );
  const rows: readonly (readonly [string, Html | readonly Html[], boolean])[] = [
    ["Relation", html`<code>${node.relation}</code>`, true],
    ["File", html`<code>${node.path}</code>`, true],
    ...(node.resourceType === "model"
      ? ([
          ["Unique key", html`<code>${node.uniqueKey.join(", ")}</code>`, node.uniqueKey.length > 0],
          ["Partitioned by", html`<code>${node.partitionBy}</code>`, node.partitionBy !== null],
          ["Scored by", linked([`model.${manifest.project}.${node.scoredBy}`]), node.scoredBy !== null],
        ] as const)
      : []),
    ["Reads", linked(node.dependsOn), node.dependsOn.length > 0],
    ["Read by", linked(readersOf(node, manifest)), readersOf(node, manifest).length > 0],
    [
      "Dashboards",
      shown.map((it, at) => html`${at === 0 ? "" : ", "}<a href="${dashboardFile(it.name)}">${it.title}</a>`),
      shown.length > 0,
    ],
  ];
  return html`<dl class="facts">
    ${rows
      .filter(([, , isThere]) => isThere)
      .map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
  </dl>`;
}

function columnTable(node: ManifestNode, manifest: Manifest): Html {
  const tests = manifest.tests.filter(({ attachedNode }) => attachedNode === node.uniqueId);
  return html`<div class="columns" role="table" aria-label="Columns of ${nameOf(node)}">
    <div role="row" class="heads">
      <span role="columnheader">Column</span><span role="columnheader">Type</span
      ><span role="columnheader">What it is</span>
    </div>
    ${node.boundColumns.map((column) => columnRow(column, { node, tests, manifest }))}
  </div>`;
}

function columnRow(
  { name, type, from }: BoundColumn,
  {
    node,
    tests,
    manifest,
  }: { readonly node: ManifestNode; readonly tests: readonly ManifestTest[]; readonly manifest: Manifest },
): Html {
  const described = node.columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
  const own = tests.filter((test) => isTestOf(test, name));
  const origins = (from ?? []).flatMap(({ uniqueId, column }) => {
    const other = manifest.nodes[uniqueId];
    return other === undefined ? [] : [nodeLink(other, column)];
  });
  return html`<div role="row" class="column" id="${columnAnchor(name)}">
    <span role="cell" class="name"><a href="#${columnAnchor(name)}">${name}</a></span>
    <span role="cell" class="type">${type}</span>
    <span role="cell" class="about"
      >${described?.description ?? ""}
      ${own.length === 0 ? null : html`<span class="tests">${own.map((test) => html`<span class="badge test" title="${test.name}">${describeTest(test)}</span>`)}</span>`}
      ${origins.length === 0 ? null : html`<span class="origins"><span class="quiet">made of</span> ${origins.map((origin, at) => html`${at === 0 ? "" : ", "}${origin}`)}</span>`}</span
    >
  </div>`;
}

function testSection(node: ManifestNode, { tests, unitTests }: Manifest): Html | null {
  const isOwn = (test: ManifestTest): boolean => node.boundColumns.some(({ name }) => isTestOf(test, name));
  const whole = tests.filter((test) =>
    test.attachedNode === null
      ? test.reads.includes(node.uniqueId)
      : test.attachedNode === node.uniqueId && !isOwn(test),
  );
  const units = unitTests.filter(({ dependsOn }) => dependsOn.includes(node.uniqueId));
  if (whole.length + units.length === 0) return null;
  const items = [
    ...whole.map(
      (test) =>
        html`<li>
          <span class="badge test">${describeTest(test)}</span> ${test.description}
          <code class="quiet">${test.path}</code>
        </li>`,
    ),
    ...units.map(
      (test) =>
        html`<li>
          <span class="badge test">unit test</span> ${test.description || test.name.replaceAll("_", " ")}
          <code class="quiet">${test.path}</code>
        </li>`,
    ),
  ];
  return section(
    "tests",
    "Tests of its rows",
    html`<ul class="list">
      ${items}
    </ul>`,
  );
}

function codeSection(node: ManifestNode): Html | null {
  if (node.resourceType !== "model") return null;
  return section(
    "sql",
    "SQL",
    html`<details>
      <summary>Compiled SQL</summary>
      <pre tabindex="0"><code>${node.compiledCode}</code></pre>
    </details>`,
  );
}
