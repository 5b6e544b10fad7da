import { execFile } from "node:child_process";
import { chmod, chown, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";

import { ProjectError } from "../diagnostics.ts";
import { packageRoot } from "./postgres-libraries.ts";

const run = promisify(execFile);

/** Postgres never runs as root: root's data folder lets the user `postgres`, made when missing, pass through it, no more. */
export async function admitPostgresUser(dataDir: string): Promise<void> {
  const group = await postgresGroup();
  await refuseClosedFolders(packageRoot(), group);
  await refuseClosedFolders(dirname(dataDir), group);
  await chown(dataDir, 0, group);
  await chmod(dataDir, 0o710);
}

async function postgresGroup(): Promise<number> {
  const find = async (): Promise<number> => Number((await run("id", ["-g", "postgres"])).stdout);
  return find().catch(async () => {
    await run("useradd", ["--system", "--user-group", "postgres"]);
    return find();
  });
}

/** Names the first folder on the way to a path that the user `postgres` may not pass. */
async function refuseClosedFolders(path: string, group: number): Promise<void> {
  const { mode, gid } = await stat(path);
  if ((mode & 0o001) === 0 && !(gid === group && (mode & 0o010) !== 0)) {
    const message = "Postgres never runs as root, and its own user may not pass here";
    const hint = "Run npm run postgres as another user, or name a Postgres of your own in POSTGRES_URL.";
    throw new ProjectError([{ path, message, hint }], 1);
  }
  if (dirname(path) !== path) await refuseClosedFolders(dirname(path), group);
}
