import { type Diagnostic, ProjectError } from "../diagnostics.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface MailSettings {
  /** `smtp://user:password@host:587` or `smtps://…:465`. */
  readonly url: URL;
  readonly from: string;
  readonly to: readonly string[];
}

/** Where alerts go; null where the environment names nothing. Every part may be secret. */
export interface ChannelSettings {
  readonly mail: MailSettings | null;
  readonly webhook: URL | null;
  readonly heartbeat: URL | null;
}

/** Reads SMTP_URL, ALERT_MAIL_FROM, ALERT_MAIL_TO, ALERT_WEBHOOK_URL and HEARTBEAT_URL; a ProjectError says what is wrong with any of them, never what it holds. */
export function parseChannelSettings(environment: Environment): ChannelSettings {
  const { settings, diagnostics } = readChannelSettings(environment);
  if (diagnostics.length > 0) throw new ProjectError(diagnostics);
  return settings;
}

/** The same with what is wrong as data: a channel that is misconfigured is null, the others count. */
export function readChannelSettings(environment: Environment): {
  readonly settings: ChannelSettings;
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics: Diagnostic[] = [];
  const mail = readMail(environment, diagnostics);
  const webhook = readUrl("ALERT_WEBHOOK_URL", environment, { protocols: ["http:", "https:"], diagnostics });
  const heartbeat = readUrl("HEARTBEAT_URL", environment, { protocols: ["http:", "https:"], diagnostics });
  return { settings: { mail, webhook, heartbeat }, diagnostics };
}

function readMail(environment: Environment, diagnostics: Diagnostic[]): MailSettings | null {
  const url = readUrl("SMTP_URL", environment, { protocols: ["smtp:", "smtps:"], diagnostics });
  if (url === null) return null;
  const to = (valueOf("ALERT_MAIL_TO", environment) ?? "")
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
  if (to.length === 0) {
    const hint = "Name who gets the mails, several with commas: ALERT_MAIL_TO=me@example.org";
    diagnostics.push({ path: "ALERT_MAIL_TO", message: "is missing, but SMTP_URL is set", hint });
    return null;
  }
  const from = valueOf("ALERT_MAIL_FROM", environment) ?? to[0] ?? "";
  const bad = [...to, from].some((address) => !/^[^\s@]+@[^\s@]+$|<[^\s@]+@[^\s@]+>$/.test(address));
  if (!bad) return { url, from, to };
  const hint = "Write me@example.org, or Tonearm <tonearm@example.org>.";
  diagnostics.push({ path: "ALERT_MAIL_TO, ALERT_MAIL_FROM", message: "one of them is no mail address", hint });
  return null;
}

const shapes: Readonly<Record<string, string>> = {
  SMTP_URL: "smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465",
  ALERT_WEBHOOK_URL: 'https://hooks.slack.com/services/… or another address that takes {"text": …}',
  HEARTBEAT_URL: "https://hc-ping.com/<uuid>",
};

function readUrl(
  name: string,
  environment: Environment,
  { protocols, diagnostics }: { readonly protocols: readonly string[]; readonly diagnostics: Diagnostic[] },
): URL | null {
  const value = valueOf(name, environment);
  if (value === undefined) return null;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url !== null && protocols.includes(url.protocol) && url.hostname !== "") return url;
  const hint = `Write ${shapes[name] ?? "an address"}; in a password, @ : / # % are written %40 %3A %2F %23 %25.`;
  diagnostics.push({ path: name, message: "cannot be read as such an address", hint });
  return null;
}

function valueOf(name: string, environment: Environment): string | undefined {
  const value = environment[name]?.trim();
  // An empty line in .env says nothing either.
  return value === "" ? undefined : value;
}
