import * as z from "zod";

import { patienceMs } from "../../alerts/open-channels.ts";
import { readBook } from "../../alerts/book-file.ts";
import { readChannelSettings } from "../../alerts/channel-settings.ts";
import { renderAlert } from "../../alerts/render-alert.ts";
import { sendMail, verifyMail } from "../../alerts/send-mail.ts";
import { sendWebhook } from "../../alerts/send-webhook.ts";
import { inTransaction } from "../../delivery/postgres-connection.ts";
import { embeddedUrl, postgresHome, readSecrets } from "../../delivery/postgres-secrets.ts";
import { postgresUrl } from "../postgres-url.ts";
import { type Check, type CheckContext, type Finding, look, off, ok, wrong } from "./finding.ts";
import { reach } from "./reach.ts";

/** Whether the export's server answers, and lets its user make schemas. */
export const checkPostgres: Check = async ({ loaded: { dataDir, notice }, effects }) => {
  const given = postgresUrl(effects);
  const secrets = given === null ? await readSecrets(postgresHome(dataDir, notice !== null)) : null;
  const url = given ?? (secrets === null ? null : embeddedUrl(secrets));
  if (url === null) return [off("POSTGRES_URL is not set, so nothing is exported")];
  const facts = z.object({ version: z.string(), place: z.string(), may_create: z.boolean() });
  const sql = `select current_setting('server_version') as version, current_user || ' in ' || current_database() as place,
    has_database_privilege(current_database(), 'create') as may_create`;
  const [found] = await inTransaction({ url, stallSeconds: 10 }, (postgres) => postgres.rows(facts, sql));
  if (found === undefined) return [wrong("Postgres answers without a row")];
  if (found.may_create) return [ok(`Postgres ${found.version}, ${found.place}`)];
  return [wrong(`${found.place} may not make schemas`, "grant create on database … to …; as the database's owner")];
};

/** Whether the mail server takes the login; with `--send`, a test mail. */
export const checkMail: Check = async (context) => {
  const { mail } = readChannelSettings(context.effects.environment).settings;
  if (mail === null) return [off("SMTP_URL is not set, so nobody is told by mail")];
  const options = { settings: mail, timeoutMs: patienceMs };
  const hint = "Mend SMTP_URL: host, port, user, password; smtps:// for port 465, smtp:// for 587.";
  return trying(hint, async () => {
    if (context.send) await sendMail(testMessage(context), options);
    else await verifyMail(options);
    return context.send ? "a test mail was taken" : "the server takes the login; --send sends a test mail";
  });
};

/** Whether the webhook's host answers; with `--send`, a test message. */
export const checkWebhook: Check = async (context) => {
  const { webhook } = readChannelSettings(context.effects.environment).settings;
  if (webhook === null) return [off("ALERT_WEBHOOK_URL is not set, so nobody is told by webhook")];
  return trying("Mend ALERT_WEBHOOK_URL.", async () => {
    if (!context.send) return `${(await reachHost(webhook)).host} answers; --send sends a test message`;
    await sendWebhook(testMessage(context), { url: webhook, timeoutMs: patienceMs });
    return "a test message was taken";
  });
};

/** Whether the heartbeat's host answers: a ping itself would count as a run. */
export const checkHeartbeat: Check = async ({ effects }) => {
  const { heartbeat } = readChannelSettings(effects.environment).settings;
  if (heartbeat === null) return [off("HEARTBEAT_URL is not set, so nobody notices when no run comes at all")];
  return trying("Mend HEARTBEAT_URL.", async () => `${(await reachHost(heartbeat)).host} answers`);
};

/** What waits for a channel to work again. */
export const checkDeliveries: Check = async ({ loaded: { dataDir } }) => {
  const { outbox, attempts } = await readBook(dataDir);
  const last = attempts.at(-1);
  if (outbox.length === 0) return last === undefined ? [] : [ok("every alert was delivered")];
  return [look(`${outbox.length} alerts wait to be delivered: ${last?.trouble ?? "not tried yet"}`)];
};

/** Whether Superset answers that it is well. */
export const checkSuperset: Check = async ({ effects }) => {
  const setting = effects.environment["SUPERSET_URL"]?.trim() ?? "";
  if (setting === "") return [off("SUPERSET_URL is not set")];
  if (!URL.canParse(setting)) return [wrong("SUPERSET_URL is no address", "e.g. http://127.0.0.1:8088")];
  const url = new URL("/health", setting);
  return trying("Is Superset running, and is SUPERSET_URL its address?", async () => {
    const { status } = await reach(url);
    if (status !== 200) throw new Error(`${url.host} answers ${status} at /health`);
    return `${url.host} is well`;
  });
};

async function trying(hint: string, use: () => Promise<string>): Promise<readonly Finding[]> {
  try {
    return [ok(await use())];
  } catch (error) {
    return [wrong(error instanceof Error ? error.message : String(error), hint)];
  }
}

/** The path is part of the secret and would count as a message: only the root is asked. */
async function reachHost(url: URL): Promise<URL> {
  const root = new URL("/", `${url.protocol}//${url.host}`);
  await reach(root);
  return root;
}

function testMessage({ loaded: { project, notice }, effects }: CheckContext) {
  const at = effects.now().toISOString();
  const alert = {
    id: "test",
    kind: "test",
    subject: "alerts get here",
    facts: [],
    details: [],
    advice: null,
    at,
  } as const;
  return renderAlert(alert, { project: project.name, notice });
}
