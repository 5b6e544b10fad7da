import type { MailSettings } from "./channel-settings.ts";
import type { Message } from "./render-alert.ts";
import { withTimeout } from "./with-timeout.ts";

const steps = ["connectionTimeout", "greetingTimeout", "socketTimeout", "dnsTimeout"] as const;

interface MailOptions {
  readonly settings: MailSettings;
  /** For all of it; a server that answers each step just in time is given up too. */
  readonly timeoutMs: number;
}

/** Sends one mail, plain and HTML; an Error says why it could not. */
export async function sendMail({ subject, text, html }: Message, options: MailOptions): Promise<void> {
  const { from, to } = options.settings;
  await withTransport(options, async (transport) => {
    const headers = { "Auto-Submitted": "auto-generated" };
    const { rejected } = await transport.sendMail({ from, to: [...to], subject, text, html, headers });
    if (rejected.length > 0) throw new Error(`the server refuses ${rejected.length} of ${to.length} addresses`);
  });
}

/** Connects and logs in without sending anything. */
export async function verifyMail(options: MailOptions): Promise<void> {
  await withTransport(options, async (transport) => {
    await transport.verify();
  });
}

type Transport = Awaited<ReturnType<typeof createTransport>>;

async function withTransport(options: MailOptions, use: (transport: Transport) => Promise<void>): Promise<void> {
  const transport = await createTransport(options);
  try {
    await withTimeout(use(transport), options.timeoutMs);
  } finally {
    transport.close();
  }
}

/** Imported here: a scheduler that has nothing to tell stays small. */
async function createTransport({ settings: { url }, timeoutMs }: MailOptions) {
  const nodemailer = await import("nodemailer");
  const isSecure = url.protocol === "smtps:";
  const [user, pass] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return nodemailer.createTransport({
    host,
    port: Number(url.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    // A password never crosses a network in the clear.
    requireTLS: !isSecure && user !== "" && !isLoopback(host),
    ...(user !== "" && { auth: { user, pass } }),
    // They end the connection of a mail that has been given up.
    ...Object.fromEntries(steps.map((step) => [step, timeoutMs + 100])),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
