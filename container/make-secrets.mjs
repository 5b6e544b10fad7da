import { randomBytes } from "node:crypto";
import { chmod, mkdir, open } from "node:fs/promises";
import { join } from "node:path";

// Makes what is missing of the passwords, once for the life of the volume; no password is known before, and none is ever printed.
const folder = process.env.SECRETS_DIR ?? "/run/tonearm";

await mkdir(folder, { recursive: true });
const owner = await keep("postgres_password");
await keep("superset_ro_password");
await keep("superset_password");
await keep("superset_secret_key");
// In the form that clients of Postgres read; they refuse it when others may.
if (owner !== null) await write("pgpass", `postgres:5432:*:tonearm:${owner}\n`, 0o600);

/** A new secret that the other containers of this project may read; null where there is one. */
async function keep(name) {
  const secret = randomBytes(32).toString("base64url");
  return (await write(name, secret, 0o444)) ? secret : null;
}

async function write(name, text, mode) {
  const path = join(folder, name);
  try {
    const handle = await open(path, "wx", mode);
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await chmod(path, mode);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  }
}
