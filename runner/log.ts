import { pino, type Logger } from "pino";

export type { Logger } from "pino";

const secrets = [
  "token",
  "access_token",
  "refresh_token",
  "accessToken",
  "refreshToken",
  "password",
  "client_secret",
  "authorization",
  "username",
  "ip",
];

/** The pino logger: one JSON line an event, on standard output (1) or error (2); a run makes a child of it. Secrets are redacted. */
export function createLogger(level: string, fd: 1 | 2): Logger {
  const paths = secrets.flatMap((name) => [name, `*.${name}`]);
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino(
    { level, base: null, formatters, redact: { paths, censor: "[redacted]" } },
    pino.destination({ fd, sync: true }),
  );
}
