import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { checkAlerts, type CheckReport } from "../../../runner/alerts/alert-desk.ts";
import { readBook } from "../../../runner/alerts/book-file.ts";
import { parseChannelSettings } from "../../../runner/alerts/channel-settings.ts";
import { openChannels } from "../../../runner/alerts/open-channels.ts";
import { redact } from "../../../runner/alerts/redact.ts";
import type { StageOutcome } from "../../../runner/alerts/watch.ts";
import { startReceiver } from "../../support/http-receiver.ts";
import { deadPort, startMailServer, startMuteServer } from "../../support/mail-server.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const password = "planted-password/1";
const addresses = {
  ALERT_MAIL_TO: "me@example.org, you@example.org",
  ALERT_MAIL_FROM: "Tonearm <tonearm@example.org>",
};
const withPassword = (port: number): string => `smtp://sender:${encodeURIComponent(password)}@127.0.0.1:${port}`;

function failedRun(number: number, status: StageOutcome["status"] = "failed"): StageOutcome {
  const startedAt = new Date(Date.UTC(2026, 10, 1, number));
  return {
    runId: `run-${number}`,
    stage: "export",
    trigger: "schedule",
    status,
    startedAt,
    finishedAt: startedAt,
    error: status === "success" ? null : "Postgres <localhost>: nobody answers & waits",
    failures: [],
    gaps: [],
  };
}

/** Looks at runs from a given moment on; each look is so many minutes later. */
function openDesk(dataDir: string, environment: Readonly<Record<string, string>>, timeoutMs = 10_000) {
  let now = new Date("2026-11-01T00:00:00Z");
  return async (minutes: number, ...runs: readonly StageOutcome[]): Promise<CheckReport> => {
    now = new Date(now.getTime() + minutes * 60_000);
    return checkAlerts(
      { runs },
      {
        dataDir,
        config: { remindEvery: 3, minFreeDisk: 1, heartbeatStages: [] },
        channels: openChannels(parseChannelSettings(environment), timeoutMs),
        letterhead: { project: "tonearm", notice: null },
        redact: (text) => redact(text, environment),
        now: () => now,
        log: null,
      },
    );
  };
}

const inDataFolder = (use: (dataDir: string, context: TestContext) => Promise<void>) => (context: TestContext) =>
  inScratchFolder((folder) => use(join(folder, "data"), context));

test(
  "a failure and its end arrive by mail, plain and HTML, and by webhook",
  inDataFolder(async (dataDir, context) => {
    const mailServer = await startMailServer(context, { user: "sender", password });
    const receiver = await startReceiver(context);
    const url = `${receiver.url}/services/T000/B000/planted-path`;
    const look = openDesk(dataDir, { SMTP_URL: withPassword(mailServer.port), ALERT_WEBHOOK_URL: url, ...addresses });

    assert.deepEqual((await look(1, failedRun(0))).troubles, []);
    await look(1, failedRun(1));
    await look(1, failedRun(2, "success"));

    assert.deepEqual(
      mailServer.taken.map(({ from, to, mail }) => ({ from, to, subject: mail.subject })),
      [
        {
          from: "tonearm@example.org",
          to: ["me@example.org", "you@example.org"],
          subject: "[tonearm] failed: export failed",
        },
        {
          from: "tonearm@example.org",
          to: ["me@example.org", "you@example.org"],
          subject: "[tonearm] recovered: export has recovered after 2 hours",
        },
      ],
    );
    const first = mailServer.taken[0]?.mail;
    assert.equal(
      first?.text?.trimEnd(),
      `failed: export failed

stage     export
run       run-0 (schedule)
status    failed
since     2026-11-01 00:00 UTC
failures  1 in a row
error     Postgres <localhost>: nobody answers & waits
time      2026-11-01 00:01:00 UTC

npm run runs -- run-0 tells more.`,
    );
    assert.match(first?.html ?? "", /<h1 [^>]*>failed: export failed<\/h1>/);
    assert.match(first?.html ?? "", /Postgres &lt;localhost&gt;: nobody answers &amp; waits/);
    assert.doesNotMatch(first?.html ?? "", /src=|href=|url\(/);

    assert.deepEqual(
      receiver.received.map(({ method, path, type }) => ({ method, path, type })),
      Array.from({ length: 2 }, () => ({
        method: "POST",
        path: "/services/T000/B000/planted-path",
        type: "application/json",
      })),
    );
    assert.deepEqual(JSON.parse(receiver.received[0]?.body ?? ""), {
      text: `[tonearm] failed: export failed

stage     export
run       run-0 (schedule)
status    failed
since     2026-11-01 00:00 UTC
failures  1 in a row
error     Postgres &lt;localhost&gt;: nobody answers &amp; waits
time      2026-11-01 00:01:00 UTC

npm run runs -- run-0 tells more.`,
    });
    const { outbox, failures } = await readBook(dataDir);
    assert.deepEqual({ outbox, failures }, { outbox: [], failures: {} });
    assert.equal((await stat(join(dataDir, "alerts/book.json"))).mode & 0o777, 0o600);
  }),
);

test(
  "a server that is dead, slow or answers 500 keeps nothing up, is recorded, and gets what waits later",
  inDataFolder(async (dataDir, context) => {
    const mailPort = await deadPort();
    const receiver = await startReceiver(context);
    receiver.status = 500;
    const dead = { SMTP_URL: withPassword(mailPort), ALERT_WEBHOOK_URL: `${receiver.url}/planted-path`, ...addresses };
    const look = openDesk(dataDir, dead);
    const { alerts, troubles } = await look(1, failedRun(0));
    assert.equal(alerts.length, 1);
    assert.deepEqual(troubles, [
      `An alert could not be delivered by mail, it is tried again: connect ECONNREFUSED 127.0.0.1:${mailPort}`,
      `An alert could not be delivered by webhook, it is tried again: ${new URL(receiver.url).host} answers 500`,
    ]);
    // Not at once again, and the next alert waits in line behind the first.
    assert.deepEqual((await look(0.5, failedRun(1, "success"))).troubles, []);
    assert.equal((await readBook(dataDir)).outbox.length, 4);

    const mute = await startMuteServer(context);
    const slow = openDesk(
      dataDir,
      {
        SMTP_URL: withPassword(mute),
        ALERT_WEBHOOK_URL: `http://127.0.0.1:${mute}`,
        ...addresses,
      },
      700,
    );
    const waited = await slow(5);
    assert.deepEqual(
      waited.troubles.map((text) => text.replace(/.*by (\w+), it is tried again: /, "$1 ")),
      ["mail no answer within 0.7 s", "webhook no answer within 0.7 s"].map((text) =>
        text.replace("webhook", `webhook 127.0.0.1:${mute} cannot be reached:`),
      ),
    );
    const book = await readBook(dataDir);
    assert.deepEqual(
      book.attempts.map(({ channel, what, trouble }) => [channel, what, trouble !== null]),
      [
        ["mail", "export failed", true],
        ["webhook", "export failed", true],
        ["mail", "export failed", true],
        ["webhook", "export failed", true],
      ],
    );
    const mailServer = await startMailServer(context, { user: "sender", password });
    receiver.status = 204;
    receiver.received.length = 0;
    const works = openDesk(dataDir, { ...dead, SMTP_URL: withPassword(mailServer.port) });
    assert.deepEqual((await works(60)).troubles, []);
    assert.deepEqual(
      mailServer.taken.map(({ mail }) => mail.subject),
      ["[tonearm] failed: export failed", "[tonearm] recovered: export has recovered after 1 hour"],
    );
    assert.equal(receiver.received.length, 2);
    assert.deepEqual((await readBook(dataDir)).outbox, []);
  }),
);

test(
  "a channel that stays dead is told on the other one, once, and what waits is given up after three days",
  inDataFolder(async (dataDir, context) => {
    const receiver = await startReceiver(context);
    const environment = {
      SMTP_URL: withPassword(await deadPort()),
      ALERT_WEBHOOK_URL: receiver.url,
      ...addresses,
    };
    const look = openDesk(dataDir, environment);
    await look(1, failedRun(0));
    for (let hour = 0; hour < 6; hour++) await look(20);
    const said = receiver.received.map(({ body }) => /\] ([^\\]*)/.exec(body)?.[1]);
    assert.deepEqual(said, ["failed: export failed", "warning: alerts cannot be delivered by mail"]);
    assert.equal((await readBook(dataDir)).outbox.length, 1);
    await look(3 * 24 * 60);
    assert.deepEqual((await readBook(dataDir)).outbox, []);
  }),
);

test(
  "a wrong password is recorded without it",
  inDataFolder(async (dataDir, context) => {
    const mailServer = await startMailServer(context, { user: "sender", password: "another" });
    const look = openDesk(dataDir, { SMTP_URL: withPassword(mailServer.port), ...addresses });
    const { troubles } = await look(1, failedRun(0));
    assert.match(troubles[0] ?? "", /Invalid login: .*wrong password \[redacted\]/);
    assert.doesNotMatch(await readFile(join(dataDir, "alerts/book.json"), "utf8"), /planted/);
  }),
);

test(
  "a password never crosses a network in the clear",
  inDataFolder(async (dataDir, context) => {
    const mailServer = await startMailServer(context, { user: "sender", password });
    // The name of this machine's loopback that is not known as one here.
    const SMTP_URL = withPassword(mailServer.port).replace("127.0.0.1", "0.0.0.0");
    const { troubles } = await openDesk(dataDir, { SMTP_URL, ...addresses })(1, failedRun(0));
    assert.match(troubles[0] ?? "", /STARTTLS/);
    assert.deepEqual(mailServer.taken, []);
  }),
);

test(
  "processes that look at the same time tell it once",
  inDataFolder(async (dataDir, context) => {
    const receiver = await startReceiver(context);
    const looks = Array.from({ length: 8 }, () => openDesk(dataDir, { ALERT_WEBHOOK_URL: receiver.url }));
    await Promise.all(looks.map((look) => look(1, failedRun(0))));
    assert.equal(receiver.received.length, 1);
  }),
);

test(
  "where the environment names no channel, nothing waits to be delivered",
  inDataFolder(async (dataDir) => {
    const look = openDesk(dataDir, {});
    assert.equal((await look(1, failedRun(0))).alerts.length, 1);
    assert.deepEqual((await readBook(dataDir)).outbox, []);
  }),
);
