import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { readHistory } from "../../../runner/execution/read-history.ts";
import { freePort, query, startTestPostgres, type TestPostgres, whyNotOurOwn } from "../../support/postgres.ts";
import { loginAnswers, type RecordedAnswer, startRecordedSuperset } from "../../support/recorded-superset.ts";
import { scratchProject } from "../../support/tonearm.ts";

const files = {
  "seeds/numbers.csv": "number_id,amount\n1,10\n2,20\n",
  "seeds/numbers.yml": `description: Numbers.
columns:
  - { name: number_id, data_type: INTEGER, description: Key., data_tests: [unique, not_null] }
  - { name: amount, data_type: INTEGER, description: Amount. }
`,
  "models/silver/amounts.sql": "/*--- { description: Amounts. } ---*/\nselect * from {{ref 'numbers'}}\n",
  "models/gold/doubles.sql": `/*---
description: Doubled numbers.
columns:
  - { name: number_id, description: Key., data_tests: [unique, not_null] }
  - { name: doubled, description: Twice the amount. }
---*/
select number_id, amount * 2 as doubled from {{ref 'amounts'}}
`,
};

let server: TestPostgres;
before(async () => {
  server = await startTestPostgres();
});
after(() => server.stop());

test("export sends the current release with its keys and comments, and says what it did", async (t) => {
  const project = await scratchProject(t, files);
  const url = await server.database();
  const run = () => project.runWith({ POSTGRES_URL: url }, "export");
  const none = await run();
  assert.equal(none.code, 1);
  assert.match(
    none.stderr,
    /data holds no release that could be exported\n\nnpm run pipeline makes the first release\.\n$/,
  );

  await project.run("build");
  const first = await run();
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^Postgres shows release 1: 5 tables sent \(\d+ rows\), 0 unchanged, in \d+\.\d s\.\n$/);
  assert.deepEqual(await query(url, "select * from gold.doubles order by 1"), [
    { number_id: 1, doubled: 20 },
    { number_id: 2, doubled: 40 },
  ]);
  assert.deepEqual(
    await query(
      url,
      `select obj_description('gold.doubles'::regclass) as table, col_description('gold.doubles'::regclass, 2) as column,
        (select pg_get_indexdef(indexrelid, 1, true) from pg_index where indrelid = 'gold.doubles'::regclass and indisprimary) as key`,
    ),
    [{ table: "Doubled numbers.", column: "Twice the amount.", key: "number_id" }],
  );
  assert.equal((await run()).stdout, "Postgres shows release 1: all 5 tables stood there already.\n");
});

test("a failing export ends with 1, and the password appears nowhere", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  const planted = "planted-secret-4711";
  const dead = `postgres://tonearm:${planted}@127.0.0.1:${await freePort()}/db`;
  for (const url of [dead, server.url.replace(/:[^:@/]+@/, `:${planted}@`), `postgres://me:${planted}#@host/db`]) {
    const { code, stdout, stderr } = await project.runWith({ POSTGRES_URL: url, LOG_LEVEL: "trace" }, "export");
    assert.equal(code, 1);
    assert.match(stderr, /^(Postgres tonearm@127\.0\.0\.1:\d+\/\w+:|POSTGRES_URL) .+\n\n.+\n$/);
    assert.ok(!(stdout + stderr).includes(planted), stdout + stderr);
  }
});

test("without POSTGRES_URL the way to one is told", async (t) => {
  const project = await scratchProject(t, files);
  for (const environment of [{}, { POSTGRES_URL: " " }]) {
    const { code, stderr } = await project.runWith(environment, "export");
    assert.equal(code, 2);
    assert.match(stderr, /^POSTGRES_URL is not set\n\n.*npm run postgres/);
  }
});

test("pipeline exports what it published, and only where POSTGRES_URL is set", async (t) => {
  const project = await scratchProject(t, files);
  const url = await server.database();
  assert.doesNotMatch((await project.run("pipeline")).stdout, /Postgres/);
  await project.write({ "seeds/numbers.csv": "number_id,amount\n1,10\n" });
  const { code, stdout, stderr } = await project.runWith({ POSTGRES_URL: url }, "pipeline");
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /Postgres shows release 2: 5 tables sent/);
  assert.deepEqual(await query(url, "select * from gold.doubles"), [{ number_id: 1, doubled: 20 }]);
});

const dashboard = `title: Numbers
description: All of them.
tabs:
  - title: All
    charts:
      - { name: total, kind: number, title: Total, why: To see., table: doubles, measure: sum(doubled) }
`;

test("a Superset that was away is asked again by the next export, although nothing is left to send", async (t) => {
  const project = await scratchProject(t, { ...files, "dashboards/numbers.yml": dashboard });
  await project.run("build");
  const answers: Record<string, RecordedAnswer> = { "POST /api/v1/security/login": { status: 503, body: "down" } };
  const superset = await startRecordedSuperset(answers);
  t.after(superset.stop);
  const account = { SUPERSET_URL: superset.url, SUPERSET_USERNAME: "admin", SUPERSET_PASSWORD: "planted" };
  const environment = { ...account, POSTGRES_URL: await server.database() };
  const asked = (): number => superset.requests.splice(0).filter(({ url }) => url.includes("/dataset/")).length;

  const away = await project.runWith(environment, "export");
  assert.equal(away.code, 1);
  assert.match(away.stdout, /^Postgres shows release 1: 5 tables sent/);
  assert.match(
    away.stderr,
    /^The export stands, but Superset may show older numbers for up to 6 hours\.\nSuperset http/,
  );
  const { runs } = await readHistory({ runsFolder: join(project.dataDir, "runs") });
  const stage = runs.at(-1)?.stages[0];
  assert.deepEqual([stage?.status, stage?.error?.kind, stage?.rows !== 0], ["partial", "server", true]);
  assert.equal(asked(), 0);

  Object.assign(answers, loginAnswers, {
    "GET /api/v1/dataset/": { body: { result: [] } },
    "GET /api/v1/dashboard/small-numbers": { body: { result: { position_json: "{}" } } },
    "GET /api/v1/dashboard/small-numbers/charts": { body: { result: [] } },
  });
  const back = await project.runWith(environment, "export");
  assert.equal(back.code, 0, back.stderr);
  assert.match(back.stdout, /^Postgres shows release 1: all 5 tables stood there already\.\nSuperset shows it: /);
  assert.equal(asked(), 1);

  const again = await project.runWith(environment, "export");
  assert.equal(again.stdout, "Postgres shows release 1: all 5 tables stood there already.\n");
  assert.equal(asked(), 0);
});

test(
  "a life uses the Postgres of its own data folder, which ends when it is told to",
  { skip: await whyNotOurOwn() },
  async (t) => {
    const project = await scratchProject(t, files);
    await project.run("build");
    // Where tests run as root, Postgres runs as a user who must get there.
    await chmod(project.root, 0o711);
    const port = String(await freePort());
    const postgres = project.start("postgres", "--port", port);
    const ended = new Promise((resolve) => postgres.on("close", resolve));
    let said = "";
    await new Promise<void>((resolve, reject) => {
      postgres.on("close", () => reject(new Error(said)));
      postgres.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
      postgres.stdout?.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("psql")) resolve();
      });
    });
    const { code, stdout, stderr } = await project.run("export");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /5 tables sent/);
    postgres.kill("SIGTERM");
    await ended;
    const late = await project.run("export");
    assert.equal(late.code, 1);
    assert.match(late.stderr, /nobody answers there/);
  },
);

test("export to files says what stands where, and what it needs to know", async (t) => {
  const project = await scratchProject(t, files);
  await project.run("build");
  const { code, stdout, stderr } = await project.run("export", "--to", "parquet", "exports");
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`^${project.root}/exports/current shows release 1: 6 tables, \\d+ rows\\.\n$`));
  for (const [args, message] of [
    [["--to", "csv"], /^--to csv needs one path to write to\n\nnpm run export -- --to csv exports\/csv\n$/],
    [["somewhere"], /^somewhere is no place for an export to Postgres/],
    [["--to", "excel", "x"], /^--to Invalid option/],
    [["--to", "duckdb", "data/warehouse.duckdb"], /warehouse\.duckdb belongs to the warehouse itself/],
  ] as const) {
    const outcome = await project.run("export", ...args);
    assert.equal(outcome.code, 2);
    assert.match(outcome.stderr, message);
  }
});
