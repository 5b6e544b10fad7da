import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

import { type Browser, chromium, type Page } from "playwright-core";

import { browser, whyNoBrowser } from "../../support/browser.ts";
import { scratchProject } from "../../support/tonearm.ts";

const files = {
  "project.yml": `name: small
vars: { timezone: UTC }
models:
  silver: { schema: silver, critical: true }
  gold: { schema: gold, tags: [gold] }
sources:
  - name: bronze
    description: Raw.
    tables:
      - name: plays
        description: Plays as they came.
        columns:
          - { name: title, data_type: VARCHAR, description: Title. }
          - { name: ms, data_type: BIGINT, description: Length. }
`,
  "seeds/moods.csv": "mood\nhappy\n",
  "seeds/moods.yml": "description: Moods.\ncolumns: [{ name: mood, data_type: VARCHAR, description: Mood. }]\n",
  "models/silver/songs.sql": `/*---
description: Songs & <b>more</b>.
columns:
  - name: title
    description: "Its name, <script>alert('no')</script> included."
    data_tests: [unique, not_null]
  - { name: a_column_with_a_name_that_is_longer_than_any_phone_is_wide, description: Minutes. }
---*/
select title, sum(ms) / 60000 as a_column_with_a_name_that_is_longer_than_any_phone_is_wide
from {{source 'bronze.plays'}}
group by title
`,
  "models/gold/top.sql": `/*---
description: The longest.
columns: [{ name: best, description: Title. }]
---*/
select max(title) as best from {{ref 'songs'}}
`,
  "tests/models/no_songs_lost.sql":
    "/*--- { description: None is lost. } ---*/\nselect * from {{ref 'songs'}} where title = ''\n",
  "dashboards/start.yml": `title: Start
description: Where one begins.
tabs:
  - title: First
    charts:
      - { kind: table, name: best, title: The best, why: To know it., table: top, columns: [best] }
`,
};

const cleanups: (() => Promise<void>)[] = [];
let folder = "";

before(async () => {
  const project = await scratchProject({ after: (cleanup) => void cleanups.push(cleanup) }, files);
  const { code, stdout, stderr } = await project.run("docs");
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Wrote 6 pages into target\/docs/);
  folder = join(project.root, "target/docs");
});
after(async () => {
  for (const cleanup of cleanups) await cleanup();
});

test("there is a page for each source, seed, model and dashboard, and every link leads somewhere", async () => {
  const names = await readdir(folder);
  assert.deepEqual(names.toSorted(), [
    "dashboard.start.html",
    "index.html",
    "model.songs.html",
    "model.top.html",
    "script.js",
    "seed.moods.html",
    "source.bronze.plays.html",
    "style.css",
  ]);
  const pages = new Map<string, string>();
  for (const name of names) pages.set(name, await readFile(join(folder, name), "utf8"));
  for (const [name, text] of pages) {
    if (!name.endsWith(".html")) continue;
    for (const [, href = ""] of text.matchAll(/href="([^"]*)"/g)) {
      if (href.startsWith("data:")) continue;
      const [file = "", anchor = ""] = href.split("#");
      const target = pages.get(file === "" ? name : file);
      assert.ok(target !== undefined, `${name} links to ${href}`);
      assert.ok(anchor === "" || target.includes(`id="${anchor}"`), `${name} links to ${href}`);
    }
  }
});

test("texts of the project are shown as they are written", async () => {
  const page = await readFile(join(folder, "model.songs.html"), "utf8");
  assert.ok(page.includes("Songs &amp; &lt;b&gt;more&lt;/b&gt;."));
  assert.ok(!page.includes("<script>alert"));
});

const skip = whyNoBrowser();

async function withPage(
  settings: { readonly colorScheme?: "light" | "dark"; readonly width?: number },
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const chrome: Browser = await chromium.launch(browser);
  try {
    const { colorScheme = "light", width = 1280 } = settings;
    const page = await chrome.newPage({ colorScheme, viewport: { width, height: 800 } });
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
    page.on("dialog", (dialog) => wrong.push(dialog.message()));
    page.on("request", (request) => /^(file|data):/.test(request.url()) || wrong.push(request.url()));
    await use(page);
    assert.deepEqual(wrong, [], "no error and nothing asked of a network");
  } finally {
    await chrome.close();
  }
}

const open = (page: Page, name: string): Promise<unknown> => page.goto(pathToFileURL(join(folder, name)).href);

test("a column is found and opened with the keyboard alone", { skip }, async () => {
  await withPage({}, async (page) => {
    await open(page, "index.html");
    await page.keyboard.press("/");
    await page.keyboard.type("titl");
    const options = page.getByRole("option");
    assert.deepEqual(await options.locator(".kind").allTextContents(), [
      "column of bronze.plays",
      "column of songs",
      "column of top",
    ]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await options.nth(1).getAttribute("aria-selected"), "true");
    await page.keyboard.press("Enter");
    await page.waitForURL(/model\.songs\.html#column-title$/);
    const row = page.locator("#column-title");
    assert.match(await row.innerText(), /title\s+VARCHAR\s+Its name, <script>/);
    assert.deepEqual(await row.locator(".test").allTextContents(), ["unique", "not null"]);
    assert.equal(await row.locator(".origins a").getAttribute("href"), "source.bronze.plays.html#column-title");
  });
});

test("the lineage shows a column's own lines when it has the focus, and leads on", { skip }, async () => {
  await withPage({}, async (page) => {
    await open(page, "model.songs.html");
    const graph = page.locator("svg.lineage");
    assert.equal(await graph.locator("path.edge").count(), 3);
    assert.equal(await graph.locator("path.edge.is-on").count(), 0);
    const own = graph.locator(".own a.row").first();
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press("Tab");
      if ((await own.and(page.locator(":focus")).count()) === 1) break;
    }
    const lit = await graph
      .locator("path.edge.is-on")
      .evaluateAll((edges) => edges.map((edge) => [edge.getAttribute("data-from"), edge.getAttribute("data-to")]));
    assert.deepEqual(lit, [
      ["source.small.bronze.plays title", "model.small.songs title"],
      ["model.small.songs title", "model.small.top best"],
    ]);
    await graph.locator(".box:not(.own) a.row", { hasText: "best" }).click();
    await page.waitForURL(/model\.top\.html#column-best$/);
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "top");
  });
});

test("the whole lineage is opened and walked with the keyboard, from the sources on", { skip }, async () => {
  await withPage({ width: 360 }, async (page) => {
    await open(page, "model.top.html");
    const whole = page.locator("details.whole");
    assert.equal(await whole.locator("svg.lineage").isVisible(), false);
    await whole.locator("summary").focus();
    await page.keyboard.press("Enter");
    await whole.locator("svg.lineage").waitFor();
    assert.deepEqual(await whole.locator("text.head").allTextContents(), ["bronze.plays", "songs", "top"]);
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press("Tab");
      const key = await page.evaluate("document.activeElement.dataset.key");
      if (key === "source.small.bronze.plays title") break;
    }
    const lit = await whole
      .locator("path.edge.is-on")
      .evaluateAll((edges) => edges.map((edge) => [edge.getAttribute("data-from"), edge.getAttribute("data-to")]));
    assert.deepEqual(lit, [
      ["source.small.bronze.plays title", "model.small.songs title"],
      ["model.small.songs title", "model.small.top best"],
    ]);
    const wide = Number(await page.evaluate("document.documentElement.scrollWidth"));
    assert.ok(wide <= 360, `the page is ${wide} wide on a screen of 360`);
  });
});

test("pages fit a phone, and follow light and dark", { skip }, async () => {
  const papers: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await withPage({ colorScheme, width: 360 }, async (page) => {
      for (const name of (await readdir(folder)).filter((file) => file.endsWith(".html"))) {
        await open(page, name);
        const wide = Number(await page.evaluate("document.documentElement.scrollWidth"));
        assert.ok(wide <= 360, `${name} is ${wide} wide on a screen of 360`);
      }
      papers.push(String(await page.evaluate("getComputedStyle(document.body).backgroundColor")));
    });
  }
  const [light = "", dark = ""] = papers.map((paper) => Number(/\d+/.exec(paper)?.[0]));
  assert.ok(Number(light) > 200 && Number(dark) < 60, papers.join(" "));
});
