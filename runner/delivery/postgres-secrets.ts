import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { isMissing } from "../warehouse/durable-files.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import { writeWhole } from "../warehouse/write-whole.ts";
import { readerRole } from "./target-tables.ts";

/** Who owns the embedded Postgres' database, which is called the same. */
export const ownerRole = "tonearm";

/** Address and passwords of the embedded Postgres. */
export interface PostgresSecrets {
  readonly port: number;
  readonly owner: string;
  /** Of the role that dashboards read with. */
  readonly reader: string;
}

/** The data folder whose Postgres a life uses: one made up in `demo/` of another data folder shares that one's. */
export function postgresHome(dataDir: string, isDemo: boolean): string {
  return isDemo && basename(dataDir) === "demo" ? dirname(dataDir) : dataDir;
}

/** Where they lie, in the form that psql and others read when PGPASSFILE names it; 0600. */
export function secretsPath(dataDir: string): string {
  return join(dataPaths(dataDir).secrets, "pgpass");
}

/** The secrets of the embedded Postgres; null where none has been started. */
export async function readSecrets(dataDir: string): Promise<PostgresSecrets | null> {
  const text = await readFile(secretsPath(dataDir), "utf8").catch((error: unknown) => {
    if (isMissing(error)) return "";
    throw error;
  });
  const lines = text.split("\n").map((line) => line.split(":"));
  const [, port] = lines[0] ?? [];
  const passwordOf = (role: string): string | undefined => lines.find((line) => line[3] === role)?.[4];
  const [owner, reader] = [passwordOf(ownerRole), passwordOf(readerRole)];
  return owner === undefined || reader === undefined ? null : { port: Number(port), owner, reader };
}

/** Keeps the passwords there are, or makes new ones, and notes the port. */
export async function keepSecrets(dataDir: string, port: number): Promise<PostgresSecrets> {
  const before = await readSecrets(dataDir);
  const secrets = { port, owner: before?.owner ?? newPassword(), reader: before?.reader ?? newPassword() };
  const line = (role: string, password: string): string => ["127.0.0.1", port, "*", role, password].join(":");
  await writeWhole(secretsPath(dataDir), `${line(ownerRole, secrets.owner)}\n${line(readerRole, secrets.reader)}\n`);
  return secrets;
}

/** The address of the embedded Postgres with its owner's password. */
export function embeddedUrl({ port, owner }: PostgresSecrets): string {
  return `postgres://${ownerRole}:${owner}@127.0.0.1:${port}/${ownerRole}`;
}

function newPassword(): string {
  return randomBytes(24).toString("base64url");
}
