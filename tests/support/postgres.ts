import { createServer } from "node:net";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { Client } from "pg";

import { startPostgres } from "../../runner/delivery/embedded-postgres.ts";
import { startDebianPostgres } from "./debian-postgres.ts";

/** A real Postgres of a test file, with an empty database for each who asks. */
export interface TestPostgres {
  readonly port: number;
  /** Owner of every database, a superuser. */
  readonly url: string;
  /** Makes an empty database and gives its address. */
  readonly database: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Starts the embedded Postgres in a folder of its own, or Debian's where the embedded one cannot run. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "tonearm-postgres-"));
  const port = await freePort();
  const isClosed = (await whyNotOurOwn()) !== false;
  const { url, stop } = await (isClosed ? startDebianPostgres : startPostgres)(folder, port);
  let databases = 0;
  return {
    port,
    url,
    async database() {
      databases++;
      await query(url, `create database test_${databases}`);
      return withDatabase(url, `test_${databases}`);
    },
    async stop() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Why the project's own Postgres cannot run here; false where it can. Root's checkout may lie where no other user gets to. */
export async function whyNotOurOwn(): Promise<string | false> {
  if (process.getuid?.() !== 0) return false;
  for (let folder = import.meta.dirname; dirname(folder) !== folder; folder = dirname(folder))
    if (((await stat(folder)).mode & 0o001) === 0)
      return `Postgres never runs as root, and its own user may not pass ${folder}`;
  return false;
}

/** The rows of one statement, on a connection of its own. */
export async function query(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
