import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { strFromU8, unzipSync } from "fflate";
import { parse } from "yaml";

import { freePort } from "../../support/postgres.ts";
import {
  loginAnswers,
  type RecordedAnswer,
  type RecordedSuperset,
  startRecordedSuperset,
} from "../../support/recorded-superset.ts";
import { type Outcome, type Scratch, scratchProject } from "../../support/tonearm.ts";

const password = "planted-secret-4711";
const databasePassword = "planted-secret-4712";
const files = {
  "models/silver/amounts.sql": "/*--- { description: Amounts. } ---*/\nselect 1 as amount\n",
  "models/gold/doubles.sql": `/*---
description: Doubled numbers.
columns:
  - { name: amount, description: Amount. }
---*/
select amount * 2 as amount from {{ref 'amounts'}}
`,
  "dashboards/numbers.yml": `title: Numbers
description: All of them.
tabs:
  - title: All
    charts:
      - { name: total, kind: number, title: Total, why: To see., table: doubles, measure: sum(amount) }
      - { name: none, kind: table, title: Nothing, why: To see., table: doubles, columns: [amount], empty: There is none. }
`,
};

let project: Scratch;
before(async () => {
  project = await scratchProject({ after: () => undefined }, files);
  const { code, stdout, stderr } = await project.run("build");
  assert.equal(code, 0, stdout + stderr);
});
after(() => rm(project.root, { recursive: true, force: true }));

const account = { SUPERSET_USERNAME: "admin", SUPERSET_PASSWORD: password };
const database = `postgresql://superset_ro:${databasePassword}@localhost:5432/spotify`;

/** Runs the command against a server with these answers, and then stops it. */
async function against(
  answers: Readonly<Record<string, RecordedAnswer | null>>,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = { SUPERSET_DATABASE_URI: database },
): Promise<Outcome & { readonly server: RecordedSuperset }> {
  const server = await startRecordedSuperset(answers);
  const outcome = await project.runWith({ ...account, SUPERSET_URL: server.url, ...environment }, "superset", ...args);
  await server.stop();
  for (const secret of [password, databasePassword]) assert.ok(!(outcome.stdout + outcome.stderr).includes(secret));
  return { ...outcome, server };
}

/** What the API says of a dashboard that shows these charts, by name; identities are taken from the bundle. */
async function shown(...names: readonly string[]): Promise<Readonly<Record<string, RecordedAnswer>>> {
  await project.runWith({ SUPERSET_DATABASE_URI: database }, "superset", "bundle", "target/b.zip");
  const entries = unzipSync(await readFile(join(project.root, "target/b.zip")));
  const position = names.map((name, at) => {
    const { uuid } = parse(strFromU8(entries[`tonearm/charts/${name}.yaml`] ?? new Uint8Array()));
    return [`CHART-${name}`, { meta: { uuid, chartId: at + 1 } }];
  });
  return {
    "GET /api/v1/dashboard/small-numbers": {
      body: { result: { position_json: JSON.stringify(Object.fromEntries(position)) } },
    },
    "GET /api/v1/dashboard/small-numbers/charts": { body: { result: names.map((_, at) => ({ id: at + 1 })) } },
  };
}

const rows = (rowcount: number): RecordedAnswer => ({
  body: { result: [{ status: "success", rowcount, error: null, is_cached: null }] },
});

test("bundle writes what Superset can import by itself, without the password", async () => {
  const { code, stdout } = await project.runWith({ SUPERSET_DATABASE_URI: database }, "superset", "bundle", "out.zip");
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `${project.root}/out.zip holds 1 dashboards with 2 charts on postgresql+psycopg2://superset_ro:XXXXXXXXXX@localhost:5432/spotify.\n`,
  );
  const entries = unzipSync(await readFile(join(project.root, "out.zip")));
  assert.ok(Object.values(entries).every((bytes) => !strFromU8(bytes).includes(databasePassword)));
});

test("import sends the bundle with the password apart, keeps the session's cookie, and checks every chart", async () => {
  const answers = {
    ...loginAnswers,
    ...(await shown("total", "none")),
    "POST /api/v1/assets/import/": { body: { message: "OK" } },
    "GET /api/v1/chart/1/data/": rows(1),
    "GET /api/v1/chart/2/data/": rows(0),
  };
  const { code, stdout, stderr, server } = await against(answers, ["import"]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Imported 1 dashboards into http:\/\/127\.0\.0\.1:\d+\.\n/);
  assert.match(stdout, /Nothing +Numbers +empty +There is none\./);
  assert.match(stdout, /Numbers +2 of 2 +http:\/\/127\.0\.0\.1:\d+\/superset\/dashboard\/small-numbers\/\n$/);
  const sent = server.requests.find(({ url }) => url === "/api/v1/assets/import/");
  assert.equal(sent?.headers.cookie, "session=cookie-1");
  assert.equal(sent?.headers["x-csrftoken"], "csrf-1");
  assert.equal(sent?.headers.authorization, "Bearer token-1");
  assert.match(sent?.body ?? "", /name="bundle"; filename="tonearm\.zip"/);
  assert.match(sent?.body ?? "", new RegExp(`\\{"databases/warehouse\\.yaml":"${databasePassword}"\\}`));
});

test("a chart that is not shown, fails, or is empty without a reason ends with 1 and its reason", async () => {
  const failed = { status: 400, body: { errors: [{ message: 'relation "gold.doubles" does not exist', extra: {} }] } };
  for (const [answers, said] of [
    [
      { ...(await shown("none")), "GET /api/v1/chart/1/data/": rows(3) },
      /Total +Numbers +missing +the dashboard does not show it/,
    ],
    [
      { ...(await shown("total")), "GET /api/v1/chart/1/data/": rows(0) },
      /Total +Numbers +failed +no rows come from doubles/,
    ],
    [
      { ...(await shown("total")), "GET /api/v1/chart/1/data/": failed },
      /Total +Numbers +failed +relation "gold\.doubles" does not exist/,
    ],
    [{}, /Nothing +Numbers +missing +the dashboard does not show it/],
  ] as const) {
    const { code, stdout } = await against({ ...loginAnswers, ...answers }, ["check"]);
    assert.equal(code, 1);
    assert.match(stdout, said);
    assert.match(stdout, /Run npm run export, then npm run superset -- import/);
  }
});

const unknownReason = { errors: [{ message: "Import failed for an unknown reason", extra: { issue_codes: [] } }] };
const refusedFile = {
  errors: [
    {
      message: "Error importing assets",
      extra: { "charts/total.yaml": { params: ["Unknown field."] }, issue_codes: [] },
    },
  ],
};

interface Mistake {
  readonly what: string;
  readonly answers: Readonly<Record<string, RecordedAnswer | null>>;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly code?: number;
  readonly said: RegExp;
}

const mistakes: readonly Mistake[] = [
  {
    what: "a wrong password",
    answers: { "POST /api/v1/security/login": { status: 401, body: { message: "Not authorized" } } },
    said: /^Superset http:\/\/127\.0\.0\.1:\d+: refuses the login of 'admin'\n\nMend SUPERSET_USERNAME and SUPERSET_PASSWORD\.\n$/,
  },
  {
    what: "a page instead of JSON",
    answers: { "POST /api/v1/security/login": { status: 200, body: "<!doctype html><title>Sign in</title>" } },
    said: /: answers with a web page \(200\) when asked to log in\n\nIs --url the address of Superset itself/,
  },
  {
    what: "a server that is no Superset",
    answers: {},
    said: /: answers as nothing it knows \(404\) when asked to log in/,
  },
  {
    what: "a server that does not answer",
    answers: { "POST /api/v1/security/login": null },
    args: ["import", "--timeout", "1"],
    said: /: gave no answer within 1 s when asked to log in\n\nA Superset that has just started takes a minute/,
  },
  {
    what: "an account that may not import",
    answers: { ...loginAnswers, "POST /api/v1/assets/import/": { status: 403, body: { message: "Forbidden" } } },
    said: /: does not let 'admin' import the dashboards\n\nUse an account with the role Admin\./,
  },
  {
    what: "a new database without a password",
    answers: { ...loginAnswers, "POST /api/v1/assets/import/": { status: 500, body: unknownReason } },
    environment: { POSTGRES_URL: "postgres://me:x@db.example:5432/spotify" },
    said: /: refuses the dashboards: Import failed for an unknown reason\n\nIt needs the database's password .* SUPERSET_DATABASE_URI/,
  },
  {
    what: "a bundle with a mistake",
    answers: { ...loginAnswers, "POST /api/v1/assets/import/": { status: 422, body: refusedFile } },
    said: /: could not import the dashboards \(422\): Error importing assets charts\/total\.yaml: \{"params":\["Unknown field\."\]\}/,
  },
  {
    what: "an address of a database that cannot be read",
    answers: {},
    environment: { SUPERSET_DATABASE_URI: `postgresql:/${databasePassword}` },
    code: 2,
    said: /^SUPERSET_DATABASE_URI cannot be read as an address of a database/,
  },
  {
    what: "an unknown action",
    answers: {},
    args: ["imprt"],
    code: 2,
    said: /^superset cannot do 'imprt'\n\ndid you mean 'import'\?/,
  },
];

for (const { what, answers, args = ["import"], environment, code = 1, said } of mistakes) {
  test(`${what} is told with its remedy`, async () => {
    const outcome = await against(answers, args, environment);
    assert.match(outcome.stderr, said);
    assert.equal(outcome.code, code);
  });
}

test("nobody there, and nothing set, are told", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const dead = await project.runWith(
    { ...account, SUPERSET_DATABASE_URI: database },
    "superset",
    "check",
    "--url",
    url,
  );
  assert.equal(dead.code, 1);
  assert.match(dead.stderr, /^Superset .*: nobody answers there\n\nIs Superset running/);
  const unset = await project.runWith({ SUPERSET_DATABASE_URI: database }, "superset", "check");
  assert.equal(unset.code, 2);
  for (const name of ["SUPERSET_URL", "SUPERSET_USERNAME", "SUPERSET_PASSWORD"])
    assert.match(unset.stderr, new RegExp(`^${name} is not set`, "m"));
  const nowhere = await project.run("superset", "bundle");
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.stderr, /^SUPERSET_DATABASE_URI is not set/);
});
