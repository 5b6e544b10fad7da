/** Variables that hold an address, and which parts of it nobody may see. */
const secretAddresses: Readonly<Record<string, (url: URL) => readonly string[]>> = {
  SMTP_URL: ({ username, password }) => [username, password],
  ALERT_WEBHOOK_URL: allButHost,
  HEARTBEAT_URL: allButHost,
  POSTGRES_URL: ({ password }) => [password],
  SUPERSET_DATABASE_URI: ({ password }) => [password],
};
const secretNames = /(PASSWORD|SECRET|TOKEN|API_KEY)$/;

/** Shorter ones are words of the language. */
const shortest = 6;

type Environment = Readonly<Record<string, string | undefined>>;

/** A text without what the environment keeps secret: whole addresses, and user, password, path and query of them. */
export function redact(text: string, environment: Environment): string {
  const named = Object.keys(environment).filter((name) => secretNames.test(name));
  const secrets = [
    ...Object.entries(secretAddresses).flatMap(([name, parts]) => secretsIn(environment[name]?.trim() ?? "", parts)),
    ...named.map((name) => environment[name] ?? ""),
  ].filter((secret) => secret.length >= shortest);
  // The longest first: a part of a secret must not spoil the whole.
  return secrets
    .toSorted((left, right) => right.length - left.length)
    .reduce((redacted, secret) => redacted.replaceAll(secret, "[redacted]"), text);
}

function secretsIn(value: string, parts: (url: URL) => readonly string[]): readonly string[] {
  const secrets = URL.canParse(value) ? parts(new URL(value)) : [];
  return [value, ...secrets, ...secrets.map(decode)];
}

function allButHost({ username, password, pathname, search }: URL): readonly string[] {
  return [username, password, ...pathname.split("/"), search.slice(1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
