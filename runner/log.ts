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

/** The pino logger: one JSON line an event on standard error; a run makes a child of it. Secrets are redacted. */
export function createLogger(level: string): Logger {
  const paths = secrets.flatMap((name) => [name, `*.${name}`]);
  return pino({ level, base: null, redact: { paths, censor: "[redacted]" } }, pino.destination({ fd: 2, sync: true }));
}
