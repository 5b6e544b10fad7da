import assert from "node:assert/strict";
import { test } from "node:test";

import { readChannelSettings } from "../../../runner/alerts/channel-settings.ts";
import { redact } from "../../../runner/alerts/redact.ts";

const toMe = { ALERT_MAIL_TO: "me@example.org" };

test("the environment names who is told", () => {
  assert.deepEqual(
    readChannelSettings({
      SMTP_URL: " smtps://user:p%40ss@mail.example.org ",
      ALERT_MAIL_TO: "me@example.org, Someone <you@example.org>",
      ALERT_WEBHOOK_URL: "",
      HEARTBEAT_URL: "https://hc-ping.com/0123",
    }),
    {
      settings: {
        mail: {
          url: new URL("smtps://user:p%40ss@mail.example.org"),
          from: "me@example.org",
          to: ["me@example.org", "Someone <you@example.org>"],
        },
        webhook: null,
        heartbeat: new URL("https://hc-ping.com/0123"),
      },
      diagnostics: [],
    },
  );
});

test("what cannot be read is told without what it holds, and the rest counts", () => {
  for (const [environment, path, message] of [
    [{ SMTP_URL: "planted:secret@host", ...toMe }, "SMTP_URL", "cannot be read as such an address"],
    [{ SMTP_URL: "https://planted.example.org", ...toMe }, "SMTP_URL", "cannot be read as such an address"],
    [{ SMTP_URL: "smtp://planted.example.org" }, "ALERT_MAIL_TO", "is missing, but SMTP_URL is set"],
    [
      { SMTP_URL: "smtp://host", ALERT_MAIL_TO: "planted" },
      "ALERT_MAIL_TO, ALERT_MAIL_FROM",
      "one of them is no mail address",
    ],
    [{ ALERT_WEBHOOK_URL: "planted" }, "ALERT_WEBHOOK_URL", "cannot be read as such an address"],
    [{ HEARTBEAT_URL: "ftp://planted" }, "HEARTBEAT_URL", "cannot be read as such an address"],
  ] as const) {
    const { settings, diagnostics } = readChannelSettings({ ...environment });
    assert.deepEqual(
      diagnostics.map((diagnostic) => [diagnostic.path, diagnostic.message]),
      [[path, message]],
    );
    assert.deepEqual(settings, { mail: null, webhook: null, heartbeat: null });
    assert.doesNotMatch(JSON.stringify(diagnostics), /planted/);
  }
});

test("secrets leave a text whole and in parts, as they are written and as they are read", () => {
  const environment = {
    SMTP_URL: "smtp://mailuser:pass%20word@mail.example.org:587",
    ALERT_WEBHOOK_URL: "https://hooks.example.org/services/T0000000/secretpath?token=abcdef",
  };
  assert.equal(
    redact(
      "smtp://mailuser:pass%20word@mail.example.org:587 and mailuser, pass word, pass%20word, /T0000000/secretpath, token=abcdef at mail.example.org",
      environment,
    ),
    "[redacted] and [redacted], [redacted], [redacted], /[redacted]/[redacted], [redacted] at mail.example.org",
  );
});
