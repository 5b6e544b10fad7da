import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test, type TestContext } from "node:test";

import { chromium, type Page } from "playwright-core";
import * as z from "zod";

import { freePort, query, startTestPostgres, type TestPostgres } from "../support/postgres.ts";
import { browser } from "../support/browser.ts";
import { account, startSuperset, whyNoSuperset } from "../support/superset.ts";
import { type Outcome, outcomeOf, startTonearm } from "../support/tonearm.ts";

// Installing Superset takes 850 MB and Python: where it is there, SUPERSET_VENV says so.
const skip = whyNoSuperset();
const repository = resolve(import.meta.dirname, "../..");

let folder: string;
let postgres: TestPostgres;
let superset: Awaited<ReturnType<typeof startSuperset>>;
let environment: Readonly<Record<string, string>>;

function tonearm(...args: readonly string[]): Promise<Outcome> {
  return outcomeOf(startTonearm(args, { cwd: repository, environment }));
}

before(async () => {
  if (skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), "tonearm-superset-"));
  postgres = await startTestPostgres();
  const url = await postgres.database();
  await query(url, "alter role superset_ro password 'reader-of-this-test'");
  superset = await startSuperset(join(folder, "home"), await freePort());
  const { host, pathname } = new URL(url);
  environment = {
    ...account,
    DATA_DIR: join(folder, "data"),
    POSTGRES_URL: url,
    SUPERSET_URL: superset.url,
    SUPERSET_DATABASE_URI: `postgresql://superset_ro:reader-of-this-test@${host}${pathname}`,
  };
  const demo = await tonearm("pipeline", "--demo");
  assert.equal(demo.code, 0, demo.stderr);
  environment = { ...environment, DATA_DIR: join(folder, "data/demo") };
});
after(async () => {
  if (skip !== false) return;
  await superset.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

const counts = z.object({ count: z.number() });
const dashboardAnswer = z.object({ result: z.object({ dashboard_title: z.string() }) });

/** The project in a folder of its own, with some files otherwise. */
async function scratchCopy(
  context: Pick<TestContext, "after">,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "tonearm-project-"));
  context.after(() => rm(copy, { recursive: true, force: true }));
  for (const part of ["project.yml", "models", "seeds", "tests/models", "dashboards"])
    await cp(join(repository, part), join(copy, part), { recursive: true });
  for (const [path, text] of Object.entries(files)) await writeFile(join(copy, path), text);
  return copy;
}

/** An answer of Superset's API, by a login of its own. */
async function ask(path: string): Promise<unknown> {
  const login = await fetch(`${superset.url}/api/v1/security/login`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username: account.SUPERSET_USERNAME, password: account.SUPERSET_PASSWORD, provider: "db" }),
  });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(await login.json());
  return (await fetch(`${superset.url}${path}`, { headers: { Authorization: `Bearer ${token}` } })).json();
}

const counted = async (): Promise<readonly number[]> =>
  Promise.all(
    ["database", "dataset", "chart", "dashboard"].map(
      async (kind) => counts.parse(await ask(`/api/v1/${kind}/?q=(page_size:1)`)).count,
    ),
  );

test("a real Superset takes the dashboards, and every chart has the data it should have", { skip }, async () => {
  const { code, stdout, stderr } = await tonearm("superset", "import");
  assert.equal(code, 0, stdout + stderr);
  assert.doesNotMatch(stdout, / (failed|missing) /);
  // Without training and with bright music these have nothing to show, and say so; all others have rows.
  const empty = [...stdout.matchAll(/^(.+?) {2,}.+? +empty +/gm)].map((match) => match[1]);
  const rows = await query(
    environment["POSTGRES_URL"] ?? "",
    `select table_name from demo.meta_exports where table_schema = 'demo' and row_count = 0`,
  );
  assert.ok(rows.some((row) => row["table_name"] === "mood_predictions"));
  assert.ok(empty.includes("Tests that did not pass"));
  assert.ok(empty.length >= 5 && empty.length <= 25, stdout);
});

test("a second import changes titles and doubles nothing", { skip }, async (context) => {
  const parts = await counted();
  const path = join(repository, "dashboards/what_to_play.yml");
  const copy = await scratchCopy(context, {
    "dashboards/what_to_play.yml": (await readFile(path, "utf8")).replace("title: What to play", "title: What to hear"),
  });
  const { code, stdout, stderr } = await tonearm("superset", "import", "--project-dir", copy);
  assert.equal(code, 0, stdout + stderr);
  assert.deepEqual(await counted(), parts);
  const { result } = dashboardAnswer.parse(await ask("/api/v1/dashboard/tonearm-demo-what-to-play"));
  assert.equal(result.dashboard_title, "Demo: What to hear");
});

test("an export has Superset drop old answers and keep new ones", { skip }, async () => {
  const answer = z.object({ result: z.tuple([z.object({ is_cached: z.boolean().nullable() })]) });
  const list = z.object({ result: z.array(z.object({ id: z.number() })).min(1) });
  const { result: charts } = list.parse(await ask("/api/v1/dashboard/tonearm-demo-data-health/charts"));
  const path = `/api/v1/chart/${charts[0]?.id ?? 0}/data/`;
  const first = answer.parse(await ask(path)).result[0].is_cached;
  assert.equal(first, true);
  const { stdout, stderr } = await tonearm("export", "--force");
  assert.match(stdout, /Superset shows it: (\d+) of \1 charts were asked anew\./, stderr);
  assert.equal(answer.parse(await ask(path)).result[0].is_cached, true);
});

test("a dashboard opens in a browser, with all its charts drawn and no error", { skip }, async () => {
  const chrome = await chromium.launch(browser);
  try {
    const page = await chrome.newPage({ viewport: { width: 1500, height: 1500 } });
    await logIn(page);
    await page.goto(`${superset.url}/superset/dashboard/tonearm-demo-when-and-in-which-mood/`);
    await page.locator('[data-test="slice-container"]').nth(3).waitFor({ timeout: 120_000 });
    await page.getByText("Hours and days (whole life)").waitFor();
    await page.locator('[data-test="slice-container"] canvas').nth(3).waitFor({ timeout: 120_000 });
    assert.equal(await page.getByText("Demo data: the listener, the artists").count(), 1);
    assert.equal(await page.locator(".ant-alert-error, [data-test='error-alert']").count(), 0);
    const image = await page.screenshot();
    await writeFile(join(folder, "dashboard.png"), image);
    assert.ok(image.length > 30_000);
  } finally {
    await chrome.close();
  }
});

async function logIn(page: Page): Promise<void> {
  await page.goto(`${superset.url}/login/`);
  await page.locator("input[type=password]").waitFor({ timeout: 120_000 });
  await page.locator("#username, input[name=username]").first().fill(account.SUPERSET_USERNAME);
  await page.locator("input[type=password]").fill(account.SUPERSET_PASSWORD);
  await page.locator("[data-test='login-button'], button[type=submit], input[type=submit]").first().click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"), { timeout: 120_000 });
}
