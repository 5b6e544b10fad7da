import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { readBook } from "../../../runner/alerts/book-file.ts";
import { type HttpReceiver, startReceiver } from "../../support/http-receiver.ts";
import { deadPort, type MailServer, startMailServer } from "../../support/mail-server.ts";
import { filesWith } from "../../support/spotify-life.ts";
import { outcomeOf, scratchProject, startTonearm } from "../../support/tonearm.ts";

const password = "planted-password";
/** What stands in the rows. */
const title = "planted title";

const numbers = (rows: string): string => `/*---
description: Numbers with titles.
columns:
  - name: number
    description: A number.
    data_tests: [unique]
---*/

select number, title from (values ${rows}) as given(number, title)
`;

const files = {
  "project.yml": "name: small\nvars: { timezone: UTC }\nmodels:\n  gold: { schema: gold }\n",
  "models/gold/numbers.sql": numbers("(1, 'one')"),
  "models/gold/titles.sql":
    "/*---\ndescription: Titles as numbers.\n---*/\n\nselect title::integer as value from {{ref 'labels'}}\n",
  "models/gold/labels.sql": "/*---\ndescription: Labels.\n---*/\n\nselect '12' as title\n",
};
const bad = {
  "models/gold/numbers.sql": numbers(`(1, '${title}'), (1, '${title}'), (1, 'other')`),
  "models/gold/labels.sql": `/*---\ndescription: Labels.\n---*/\n\nselect '${title}' as title\n`,
};

interface Outside {
  readonly mail: MailServer;
  readonly hook: HttpReceiver;
  readonly beat: HttpReceiver;
  readonly environment: Readonly<Record<string, string>>;
}

async function openOutside(context: TestContext): Promise<Outside> {
  const mail = await startMailServer(context, { user: "sender", password });
  const hook = await startReceiver(context);
  const beat = await startReceiver(context);
  return {
    mail,
    hook,
    beat,
    environment: {
      SMTP_URL: `smtp://sender:${password}@127.0.0.1:${mail.port}`,
      ALERT_MAIL_TO: "me@example.org",
      ALERT_WEBHOOK_URL: `${hook.url}/planted-path`,
      HEARTBEAT_URL: `${beat.url}/planted-uuid`,
      LOG_LEVEL: "trace",
    },
  };
}

const subjects = ({ mail }: Outside): readonly (string | undefined)[] => mail.taken.map((taken) => taken.mail.subject);
const texts = ({ hook }: Outside): readonly string[] =>
  hook.received.map(({ body }) => /^\{"text":"\[\w+\] ([^\\]*)/.exec(body)?.[1] ?? body);
const pings = ({ beat }: Outside): readonly string[] => beat.received.map(({ path }) => path);

test("a failing build of the command line is one alert, its recovery another, and neither has a row or a secret", async (context) => {
  const project = await scratchProject(context, files);
  const outside = await openOutside(context);
  const said: string[] = [];
  const run = async (code: number): Promise<void> => {
    const outcome = await project.runWith(outside.environment, "pipeline");
    assert.equal(outcome.code, code, outcome.stdout + outcome.stderr);
    said.push(outcome.stdout, outcome.stderr);
  };
  await run(0);
  assert.deepEqual([subjects(outside), texts(outside)], [[], []]);
  assert.deepEqual(pings(outside), ["/planted-uuid/start", "/planted-uuid"]);

  await project.write(bad);
  await run(1);
  await run(1);
  assert.deepEqual(subjects(outside), ["[small] failed: build is partial: numbers, titles"]);
  assert.deepEqual(texts(outside), ["failed: build is partial: numbers, titles"]);
  const [mail] = outside.mail.taken;
  assert.match(mail?.mail.text ?? "", /\nnumbers: data test unique_numbers_number fails on 1 row\n/);
  assert.match(mail?.mail.text ?? "", /\ntitles could not be built: models\/gold\/titles\.sql:5:\d+\n/);
  assert.match(mail?.mail.text ?? "", /\nstatus +partial: the rest was published\n/);

  await project.write(files);
  await run(0);
  assert.equal(subjects(outside).length, 2);
  assert.match(subjects(outside)[1] ?? "", /^\[small\] recovered: build has recovered after \d+ (second|minute)s?/);
  assert.equal(texts(outside).length, 2);
  assert.deepEqual(pings(outside).slice(2), [
    "/planted-uuid/start",
    "/planted-uuid/fail",
    "/planted-uuid/start",
    "/planted-uuid/fail",
    "/planted-uuid/start",
    "/planted-uuid",
  ]);
  const fail = outside.beat.received[3]?.body ?? "";
  assert.match(fail, /^stage: build\nrun: \d{8}T\d+Z-\w+\nstatus: partial\n/);
  assert.match(fail, /\nnodes failed: 2\n/);
  assert.match(fail, /\ntests failed: 1\n/);
  const told = [
    ...outside.mail.taken.map(({ raw }) => raw),
    ...outside.hook.received.map(({ body }) => body),
    ...outside.beat.received.map(({ body }) => body),
    await readFile(join(project.dataDir, "alerts/book.json"), "utf8"),
  ];
  for (const text of told) assert.doesNotMatch(text, /planted/);
  for (const text of said) assert.doesNotMatch(text, /planted-/);
  // Neither journals nor artefacts: the search finds what is there, the titles that failed earlier.
  assert.deepEqual(await filesWith(project.root, "planted-"), []);
  assert.notDeepEqual(await filesWith(project.root, title), []);
});

test("with every server dead the pipeline does what it is there for, and says who was not told", async (context) => {
  const project = await scratchProject(context, { ...files, ...bad });
  const dead = `127.0.0.1:${await deadPort()}`;
  const environment = {
    SMTP_URL: `smtp://sender:${password}@${dead}`,
    ALERT_MAIL_TO: "me@example.org",
    ALERT_WEBHOOK_URL: `http://${dead}/planted-path`,
    HEARTBEAT_URL: `http://${dead}/planted-uuid`,
  };
  const { code, stdout, stderr } = await project.runWith(environment, "pipeline");
  assert.equal(code, 1, "as without anybody to tell");
  assert.match(stdout, /Published release 1/);
  assert.match(stderr, /An alert could not be delivered by mail, it is tried again: connect ECONNREFUSED/);
  assert.match(
    stderr,
    /An alert could not be delivered by webhook, it is tried again: \S+ cannot be reached: ECONNREFUSED/,
  );
  assert.match(stderr, /A heartbeat could not be delivered: \S+ cannot be reached: ECONNREFUSED/);
  const { attempts, outbox } = await readBook(project.dataDir);
  assert.deepEqual(attempts.map(({ channel, trouble }) => `${channel} ${trouble === null}`).toSorted(), [
    "heartbeat false",
    "heartbeat false",
    "mail false",
    "webhook false",
  ]);
  assert.equal(outbox.length, 2);
  assert.doesNotMatch(stdout + stderr, /planted-/);
});

test("the scheduler tells of its builds and of a project.yml that became invalid, and serves its health", async (context) => {
  const project = await scratchProject(context, {
    ...files,
    ...bad,
    "project.yml": `${files["project.yml"]}health: { port: 0 }\n`,
  });
  const outside = await openOutside(context);
  const scheduler = startTonearm(["schedule"], { cwd: project.root, environment: outside.environment });
  const ended = outcomeOf(scheduler);
  let printed = "";
  scheduler.stdout?.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  try {
    await until(() => texts(outside).length >= 1);
    assert.deepEqual(texts(outside), ["failed: build is partial: numbers, titles"]);
    const base = /Health: (http:\S+)\/healthz/.exec(printed)?.[1] ?? "";
    assert.equal((await fetch(`${base}/healthz`)).status, 200);
    // Neither Spotify nor Postgres is set up: nobody waits for them. A partial build holds something back.
    await until(async () => (await (await fetch(`${base}/readyz`)).text()) === "build: no success yet\n");
    const metrics = await (await fetch(`${base}/metrics`)).text();
    assert.match(metrics, /\ntonearm_stage_runs\{stage="build",status="partial"\} 1\n/);
    assert.match(metrics, /\ntonearm_relation_rows\{relation="labels"\} 1\n/);
    assert.match(metrics, /\ntonearm_open_incidents 1\n/);
    assert.match(metrics, /\ntonearm_stage_last_run_timestamp_seconds\{stage="build"\} 1\d{9}/);

    await project.write({ "project.yml": `${files["project.yml"]}health: { prt: 0 }\n` });
    scheduler.kill("SIGHUP");
    await until(() => texts(outside).length >= 2);
    assert.equal(texts(outside)[1], "failed: reload of project.yml failed");
    assert.match(outside.hook.received[1]?.body ?? "", /project\.yml:5:11 unknown key 'prt'/);
    await project.write({ "project.yml": `${files["project.yml"]}health: { port: 0 }\n` });
    scheduler.kill("SIGHUP");
    await until(() => texts(outside).length >= 3);
    assert.match(texts(outside)[2] ?? "", /^recovered: reload of project\.yml has recovered after /);
    assert.equal((await fetch(`${base}/healthz`)).status, 200);
  } finally {
    scheduler.kill("SIGTERM");
  }
  const { stdout, stderr } = await ended;
  assert.doesNotMatch(stdout + stderr, /planted-/);
  assert.deepEqual(pings(outside), ["/planted-uuid/start", "/planted-uuid/fail"]);
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}
