import assert from "node:assert/strict";
import { test } from "node:test";

import { type Heartbeat, openHeartbeat } from "../../../runner/alerts/heartbeat.ts";
import { redact } from "../../../runner/alerts/redact.ts";
import { startReceiver } from "../../support/http-receiver.ts";
import { deadPort, startMuteServer } from "../../support/mail-server.ts";

const open = (url: string, timeoutMs = 10_000): Heartbeat =>
  openHeartbeat({
    url: new URL(url),
    timeoutMs,
    redact: (text) => redact(text, { HEARTBEAT_URL: url }),
    log: null,
  });
const pulse = (stage: string, status: string) => ({ stage, runId: "run-1", status, counts: { rows: 12, failed: 1 } });

test("a stage pings its start, its success and its failure, with names and numbers as the body", async (context) => {
  const receiver = await startReceiver(context);
  const heartbeat = open(`${receiver.url}/planted-uuid/?create=1`);
  assert.equal(await heartbeat.ping("start", { ...pulse("build", "running"), counts: {} }, ["build"]), null);
  assert.equal(await heartbeat.ping("success", pulse("build", "success"), ["build"]), null);
  assert.equal(await heartbeat.ping("start", pulse("poll", "running"), ["build"]), undefined);
  assert.equal(await heartbeat.ping("fail", pulse("build", "failed"), ["build"]), null);
  assert.deepEqual(
    receiver.received.map(({ method, path, body }) => `${method} ${path}\n${body}`),
    [
      "POST /planted-uuid/start?create=1\nstage: build\nrun: run-1\nstatus: running\n",
      "POST /planted-uuid?create=1\nstage: build\nrun: run-1\nstatus: success\nrows: 12\nfailed: 1\n",
      "POST /planted-uuid/fail?create=1\nstage: build\nrun: run-1\nstatus: failed\nrows: 12\nfailed: 1\n",
    ],
  );
});

test("with {stage} in the address every stage has a check of its own", async (context) => {
  const receiver = await startReceiver(context);
  const heartbeat = open(`${receiver.url}/key/tonearm-{stage}`);
  await heartbeat.ping("success", pulse("build", "success"), []);
  await heartbeat.ping("fail", pulse("poll", "failed"), []);
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ["/key/tonearm-build", "/key/tonearm-poll/fail"],
  );
});

test("a ping that does not get there says why, without the address", async (context) => {
  const receiver = await startReceiver(context);
  receiver.status = 500;
  const dead = `127.0.0.1:${await deadPort()}`;
  const mute = `127.0.0.1:${await startMuteServer(context)}`;
  const said = await Promise.all(
    [receiver.url, `http://${dead}`, `http://${mute}`].map((url) =>
      open(`${url}/planted-uuid`, url.endsWith(mute) ? 500 : 10_000).ping("start", pulse("build", "running"), [
        "build",
      ]),
    ),
  );
  assert.deepEqual(said, [
    `${new URL(receiver.url).host} answers 500`,
    `${dead} cannot be reached: ECONNREFUSED`,
    `${mute} cannot be reached: no answer within 0.5 s`,
  ]);
});
