import { execFile, spawn } from "node:child_process";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";

import { Client } from "pg";

const run = promisify(execFile);
const folderOfVersions = "/usr/lib/postgresql";
const password = "a-password-of-this-test";

/** Starts Debian's Postgres as the user `postgres`, installed when missing: it lies where that user can reach it. */
export async function startDebianPostgres(
  folder: string,
  port: number,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const binaries = await findBinaries();
  await chmod(folder, 0o711);
  const data = join(folder, "debian");
  await mkdir(data);
  await run("chown", ["postgres:postgres", data]);
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password, { mode: 0o644 });
  const asPostgres = (program: string, ...args: readonly string[]): readonly string[] => [
    "-u",
    "postgres",
    "--",
    join(binaries, program),
    ...args,
  ];
  const identity = ["--username=tonearm", `--pwfile=${passwordFile}`, "--auth=scram-sha-256", "--no-locale"];
  await run("runuser", [...asPostgres("initdb", "-D", data, ...identity, "--encoding=UTF8")]);
  const settings = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="];
  const server = spawn("runuser", [...asPostgres("postgres", "-D", data, "-p", String(port), ...settings)], {
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => void server.once("exit", () => resolve()));
  const address = `postgres://tonearm:${password}@127.0.0.1:${port}`;
  await waitFor(`${address}/postgres`);
  return {
    url: `${address}/tonearm`,
    async stop() {
      await run("runuser", [...asPostgres("pg_ctl", "-D", data, "-m", "fast", "stop")]);
      await ended;
    },
  };
}

async function findBinaries(): Promise<string> {
  const versions = async (): Promise<readonly string[]> => readdir(folderOfVersions).catch(() => []);
  if ((await versions()).length === 0) {
    await run("apt-get", ["update"]);
    await run("apt-get", ["install", "--yes", "--no-install-recommends", "postgresql"]);
  }
  const [newest] = (await versions()).toSorted((left, right) => Number(right) - Number(left));
  if (newest === undefined) throw new Error("Debian's postgresql could not be installed.");
  return join(folderOfVersions, newest, "bin");
}

/** Makes the database and the reader that the project's own Postgres has. */
async function waitFor(url: string): Promise<void> {
  for (let tried = 0; ; tried++) {
    const client = new Client(url);
    try {
      await client.connect();
      await client.query("create database tonearm");
      await client.query("create role superset_ro login password 'reader'");
      return;
    } catch (error) {
      if (tried === 150) throw error;
      await sleep(200);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
