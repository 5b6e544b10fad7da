import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test, type TestContext } from "node:test";

import { chromium, type Page } from "playwright-core";
import * as z from "zod";

import { trackRow } from "../support/life.ts";
import { freePort, query, startTestPostgres, type TestPostgres } from "../support/postgres.ts";
import { extendedFile, landInBronze } from "../support/bronze.ts";
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
/** Of Superset's API; it holds for fifteen minutes. */
let token: string | undefined;

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

const json = { "Content-Type": "application/json" };

/** An answer of Superset's API, by a login of its own; to what is posted, where something is. */
async function ask(path: string, posted?: unknown): Promise<unknown> {
  token ??= await logInToApi();
  const headers = { Authorization: `Bearer ${token}` };
  const post = { method: "POST", headers: { ...headers, ...json }, body: JSON.stringify(posted) };
  return (await fetch(`${superset.url}${path}`, posted === undefined ? { headers } : post)).json();
}

async function logInToApi(): Promise<string> {
  const login = await fetch(`${superset.url}/api/v1/security/login`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ username: account.SUPERSET_USERNAME, password: account.SUPERSET_PASSWORD, provider: "db" }),
  });
  return z.object({ access_token: z.string() }).parse(await login.json()).access_token;
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

/** A moment as Superset writes it. */
function secondOf(moment: Date): string {
  return moment.toISOString().slice(0, 19);
}

/** Seconds for which the documentation says that answers are kept. */
const sixHours = 21_600;

const keptAnswer = z.object({
  result: z.tuple([
    z.object({
      is_cached: z.boolean().nullable(),
      cached_dttm: z.string().nullable(),
      cache_timeout: z.number(),
      data: z.array(z.record(z.string(), z.unknown())),
    }),
  ]),
});
type KeptAnswer = z.infer<typeof keptAnswer>["result"][0];

/** What a page gets that shows a chart. */
async function answerOf(chart: number): Promise<KeptAnswer> {
  return keptAnswer.parse(await ask(`/api/v1/chart/${chart}/data/`)).result[0];
}

/** Every chart there is, by its title. */
async function chartIds(): Promise<ReadonlyMap<string, number>> {
  const list = z.object({ result: z.array(z.object({ id: z.number(), slice_name: z.string() })) });
  const { result } = list.parse(await ask("/api/v1/chart/?q=(page_size:200)"));
  return new Map(result.map(({ id, slice_name: title }) => [title, id]));
}

/** What a page gets that shows a chart whose date is narrowed by a filter of the dashboard. */
async function filteredAnswer(chart: number): Promise<KeptAnswer> {
  const stored = z.object({ result: z.object({ query_context: z.string() }) });
  const { result } = stored.parse(await ask(`/api/v1/chart/${chart}`));
  const context = z
    .looseObject({ queries: z.tuple([z.looseObject({ filters: z.array(z.unknown()) })]) })
    .parse(JSON.parse(result.query_context));
  const [first] = context.queries;
  const filters = [...first.filters, { col: "date", op: ">=", val: "2024-01-01" }];
  return keptAnswer.parse(await ask("/api/v1/chart/data", { ...context, queries: [{ ...first, filters }] })).result[0];
}

test("answers are kept for six hours in files", { skip }, async () => {
  const path = join(folder, "home/cache");
  const charts = await chartIds();
  assert.ok(charts.size >= 80);
  for (const [title, chart] of charts) {
    const { is_cached: isCached, cache_timeout: timeout } = await answerOf(chart);
    assert.deepEqual({ isCached, timeout }, { isCached: true, timeout: sixHours }, title);
  }
  assert.ok((await readdir(path)).length > charts.size, "a file an answer, and one that counts them");
});

test(
  "an export has Superset drop old answers and keep new ones, also of a release that it sends again",
  { skip },
  async () => {
    const until = (await chartIds()).get("Data until") ?? 0;
    for (const time of ["first", "second"]) {
      await filteredAnswer(until);
      assert.equal((await filteredAnswer(until)).is_cached, true, time);
      const begun = secondOf(new Date());
      const { stdout, stderr } = await tonearm("export", "--force");
      assert.match(stdout, /Superset shows it: (\d+) of \1 charts were asked anew\./, stderr);
      const { is_cached: isCached, cached_dttm: keptAt } = await answerOf(until);
      assert.equal(isCached, true, time);
      assert.ok(keptAt !== null && keptAt >= begun, `${time}: kept at ${keptAt}, the export began at ${begun}`);
      assert.equal(
        (await filteredAnswer(until)).is_cached,
        null,
        `${time}: what was kept under a filter is asked anew`,
      );
    }
  },
);

test("after the export of a newer release the first answers are kept ones, and of that release", { skip }, async () => {
  const dayIn = ({ data }: KeptAnswer): string => new Date(Number(Object.values(data[0] ?? {})[0])).toISOString();
  const exportedDay = async (): Promise<string> => {
    const [row] = await query(
      environment["POSTGRES_URL"] ?? "",
      "select max(date)::text as day from demo.temporal_trends",
    );
    return `${String(row?.["day"])}T00:00:00.000Z`;
  };
  const charts = await chartIds();
  const until = charts.get("Data until") ?? 0;
  const dayBefore = await exportedDay();
  assert.equal(dayIn(await answerOf(until)), dayBefore);
  assert.equal(dayIn(await filteredAnswer(until)), dayBefore);

  await landInBronze(environment["DATA_DIR"] ?? "", [
    extendedFile("Streaming_History_Audio_2030.json", [trackRow("2030-01-02 10:00:00", "Somebody - Something")]),
  ]);
  const built = await tonearm("build");
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const begun = secondOf(new Date());
  const { stdout, stderr } = await tonearm("export");
  assert.match(stdout, /Superset shows it: (\d+) of \1 charts were asked anew\./, stderr);
  const dayAfter = await exportedDay();
  assert.notEqual(dayAfter, dayBefore);

  for (const [title, chart] of charts) {
    const { is_cached: isCached, cached_dttm: keptAt } = await answerOf(chart);
    assert.equal(isCached, true, title);
    assert.ok(keptAt !== null && keptAt >= begun, `${title}: kept at ${keptAt}, the export began at ${begun}`);
  }
  assert.equal(dayIn(await answerOf(until)), dayAfter);
  assert.equal(dayIn(await filteredAnswer(until)), dayAfter);
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
