import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { startReceiver } from "../../support/http-receiver.ts";
import { deadPort, startMailServer } from "../../support/mail-server.ts";
import { type Outcome, scratchProject } from "../../support/tonearm.ts";

const files = {
  "models/silver/numbers.sql": "/*---\ndescription: Numbers.\n---*/\n\nselect 1 as number\n",
  "models/gold/doubles.sql":
    "/*---\ndescription: Doubles.\n---*/\n\nselect number * 2 as doubled from {{ref 'numbers'}}\n",
};

/** The lines of a check, without what differs from machine to machine. */
function linesOf(check: string, { stdout }: Outcome): readonly string[] {
  const lines = stdout.split("\n");
  const first = lines.findIndex((line) => line.startsWith(`${check} `));
  const more = lines.slice(first + 1).findIndex((line) => /^\S/.test(line));
  return lines
    .slice(first, first + 1 + more)
    .map((line) => line.slice(15))
    .filter((line, at, all) => line !== "" || at < all.length - 1);
}

test("debug says that all is well, and sends test messages when asked to", async (context) => {
  const project = await scratchProject(context, files);
  assert.equal((await project.run("build")).code, 0);
  const mailServer = await startMailServer(context, { user: "sender", password: "planted-password" });
  const receiver = await startReceiver(context);
  const environment = {
    SMTP_URL: `smtp://sender:planted-password@127.0.0.1:${mailServer.port}`,
    ALERT_MAIL_TO: "me@example.org",
    ALERT_WEBHOOK_URL: `${receiver.url}/planted-path`,
    HEARTBEAT_URL: `${receiver.url}/planted-uuid`,
    SUPERSET_URL: receiver.url,
  };
  const plain = await project.runWith(environment, "debug");
  assert.equal(plain.code, 0, plain.stdout);
  assert.match(plain.stdout, /Nothing is wrong\.\n$/);
  const host = new URL(receiver.url).host;
  assert.deepEqual(linesOf("configuration", plain), ["ok     2 nodes and 0 data tests compile"]);
  assert.match(linesOf("release", plain)[0] ?? "", /^ok {5}release 1, published /);
  assert.deepEqual(linesOf("mail", plain), ["ok     the server takes the login; --send sends a test mail"]);
  assert.deepEqual(linesOf("webhook", plain), [`ok     ${host} answers; --send sends a test message`]);
  assert.deepEqual(linesOf("heartbeat", plain), [`ok     ${host} answers`]);
  assert.deepEqual(linesOf("superset", plain), [`ok     ${host} is well`]);
  assert.deepEqual(linesOf("postgres", plain), ["-      POSTGRES_URL is not set, so nothing is exported"]);
  assert.equal(mailServer.taken.length, 0);
  // Nobody pings and nobody is told.
  assert.deepEqual(
    receiver.received.map(({ method, path }) => `${method} ${path}`),
    ["HEAD /", "HEAD /", "HEAD /health"].toSorted(),
  );

  const sent = await project.runWith(environment, "debug", "--send");
  assert.equal(sent.code, 0, sent.stdout);
  assert.deepEqual(
    mailServer.taken.map(({ mail }) => mail.subject),
    ["[small] test: alerts get here"],
  );
  const posts = receiver.received.filter(({ method }) => method === "POST");
  assert.deepEqual(
    posts.map(({ path }) => path),
    ["/planted-path"],
  );
  assert.doesNotMatch(plain.stdout + plain.stderr + sent.stdout + sent.stderr, /planted/);
});

test("debug names each thing that is wrong, with its remedy, and no secret", async (context) => {
  const project = await scratchProject(context, {
    ...files,
    "models/gold/doubles.sql": files["models/gold/doubles.sql"].replace("'numbers'", "'nubmers'"),
    ".env": "",
  });
  await chmod(join(project.root, ".env"), 0o644);
  const mailServer = await startMailServer(context, { user: "sender", password: "another" });
  const receiver = await startReceiver(context);
  receiver.status = 503;
  const dead = await deadPort();
  const outcome = await project.runWith(
    {
      DATA_DIR: join(project.root, "project.yml"),
      SMTP_URL: `smtp://sender:planted-password@127.0.0.1:${mailServer.port}`,
      ALERT_MAIL_TO: "me@example.org",
      ALERT_WEBHOOK_URL: `http://127.0.0.1:${dead}/planted-path`,
      HEARTBEAT_URL: "planted-nonsense",
      POSTGRES_URL: `postgres://me:planted-password@127.0.0.1:${dead}/spotify`,
      SUPERSET_URL: receiver.url,
      TONEARM_SPOTIFY_CLIENT_ID: "0123456789abcdef0123456789abcdef",
      TONEARM_SPOTIFY_ACCOUNTS_URL: receiver.url,
      TONEARM_SPOTIFY_API_URL: receiver.url,
    },
    "debug",
  );
  assert.equal(outcome.code, 1, outcome.stdout + outcome.stderr);
  assert.deepEqual(linesOf("configuration", outcome), [
    "WRONG  models/gold/doubles.sql:5:41 ref 'nubmers' names no model or seed",
    "",
    "       5 | select number * 2 as doubled from {{ref 'nubmers'}}",
    "                                                   ^",
    "       → did you mean 'numbers'?",
    "WRONG  HEARTBEAT_URL cannot be read as such an address",
    "       → Write https://hc-ping.com/<uuid>; in a password, @ : / # % are written %40 %3A %2F %23 %25.",
  ]);
  assert.deepEqual(
    linesOf("mail", outcome)[1],
    "       → Mend SMTP_URL: host, port, user, password; smtps:// for port 465, smtp:// for 587.",
  );
  assert.deepEqual(linesOf("webhook", outcome), [
    `WRONG  127.0.0.1:${dead} cannot be reached: ECONNREFUSED`,
    "       → Mend ALERT_WEBHOOK_URL.",
  ]);
  assert.deepEqual(linesOf("postgres", outcome).slice(0, 2), [
    `WRONG  Postgres me@127.0.0.1:${dead}/spotify: nobody answers there`,
    "       → Is it running, and are host and port in POSTGRES_URL right? npm run postgres starts one of our own.",
  ]);
  assert.deepEqual(linesOf("superset", outcome), [
    `WRONG  ${new URL(receiver.url).host} answers 503 at /health`,
    "       → Is Superset running, and is SUPERSET_URL its address?",
  ]);
  assert.match(linesOf("rights", outcome).join("\n"), /\.env can be read by others \(mode 644\)\n {7}→ chmod 600 /);
  assert.match(outcome.stdout, /\n\d+ to mend\.\n$/);
  assert.doesNotMatch(outcome.stdout + outcome.stderr, /planted/);
});
