/** Variables that hold a password, a token, or an address that is one. */
const secretVariables = ["SMTP_URL", "ALERT_WEBHOOK_URL", "HEARTBEAT_URL", "POSTGRES_URL"] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** A text without what the environment keeps secret: whole addresses, and user, password, path and query of them. */
export function redact(text: string, environment: Environment): string {
  const secrets = secretVariables.flatMap((name) => secretsIn(environment[name]?.trim() ?? ""));
  // The longest first: a part of a secret must not spoil the whole.
  return secrets
    .toSorted((left, right) => right.length - left.length)
    .reduce((redacted, secret) => redacted.replaceAll(secret, "[redacted]"), text);
}

function secretsIn(value: string): readonly string[] {
  if (value === "") return [];
  const url = URL.canParse(value) ? new URL(value) : null;
  const parts = url === null ? [] : [url.username, url.password, ...url.pathname.split("/"), url.search.slice(1)];
  // Shorter ones are words of the language.
  return [value, ...parts, ...parts.map(decode)].filter((part) => part.length >= 6);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
