import { chmod, open, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import { jsonText } from "../json-text.ts";
import { dataPaths, makeFolder } from "../warehouse/data-folder.ts";
import { isMissing, writePrivately } from "../warehouse/durable-files.ts";
import { withStorageErrors } from "../warehouse/storage-errors.ts";
import { forgetLoginEnded } from "./login-ended.ts";

/** What stands in an HTTP header as it is: anything else would be quoted in the error of the one who sends it. */
export const tokenText = z.string().regex(/^[\x21-\x7e]+$/, "is no token");

const instant = z.iso.datetime().transform((text) => new Date(text));

const tokenFile = z
  .strictObject({
    client_id: z.string(),
    access_token: tokenText,
    refresh_token: tokenText,
    scope: z.string(),
    authorized_at: instant,
    refreshed_at: instant,
    expires_at: instant,
  })
  .transform((file) => ({
    clientId: file.client_id,
    accessToken: file.access_token,
    refreshToken: file.refresh_token,
    scope: file.scope,
    authorizedAt: file.authorized_at,
    refreshedAt: file.refreshed_at,
    expiresAt: file.expires_at,
  }));

/** A login: `authorizedAt` is when the user agreed, which no refresh moves; `expiresAt` is the end of the access token. */
export type Tokens = Readonly<z.infer<typeof tokenFile>>;

/** Where the login of a data folder lies. */
export function tokenPath(dataDir: string): string {
  return join(dataPaths(dataDir).secrets, "spotify.json");
}

/** The login of a data folder, null when there is none; a ProjectError when others can read it or it is damaged. */
export async function loadTokens(dataDir: string): Promise<Tokens | null> {
  const path = tokenPath(dataDir);
  const text = await withStorageErrors(path, () => readPrivately(path));
  if (text === null) return null;
  const parsed = jsonText(tokenFile).safeParse(text);
  if (parsed.success) return parsed.data;
  const hint = "Remove the file and log in again: npm run login";
  throw new ProjectError([{ path, message: "the file of the login is damaged", hint }], 1);
}

/** Writes the login (0600 in a 0700 folder), whole or not at all, also after a power cut; the caller holds the lock. */
export async function saveTokens(dataDir: string, tokens: Tokens): Promise<void> {
  const path = tokenPath(dataDir);
  const file = {
    client_id: tokens.clientId,
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    scope: tokens.scope,
    authorized_at: tokens.authorizedAt.toISOString(),
    refreshed_at: tokens.refreshedAt.toISOString(),
    expires_at: tokens.expiresAt.toISOString(),
  } satisfies z.input<typeof tokenFile>;
  await withStorageErrors(path, async () => {
    await makeFolder(dirname(path));
    await chmod(dirname(path), 0o700);
    await removeLeftovers(path);
    await writePrivately(path, `${JSON.stringify(file, null, 2)}\n`);
    await forgetLoginEnded(dataDir);
  });
}

/** Removes the login and what a write that was killed left of one; the caller holds the lock. */
export async function removeTokens(dataDir: string): Promise<void> {
  const path = tokenPath(dataDir);
  await withStorageErrors(path, async () => {
    await rm(path, { force: true });
    await removeLeftovers(path);
  });
}

async function readPrivately(path: string): Promise<string | null> {
  try {
    const folder = dirname(path);
    refuseOpen(folder, (await stat(folder)).mode, "700");
    const handle = await open(path, "r");
    try {
      refuseOpen(path, (await handle.stat()).mode, "600");
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** A mode that lets in the group or everybody is to be mended before the content is used. */
function refuseOpen(path: string, mode: number, wanted: string): void {
  if ((mode & 0o077) === 0) return;
  const message = `can be read by others (mode ${(mode & 0o777).toString(8)}), so the login is not used`;
  const hint = `chmod ${wanted} ${path}\nWho else uses this machine may have read the login: then make a new one, npm run login.`;
  throw new ProjectError([{ path, message, hint }], 1);
}

async function removeLeftovers(path: string): Promise<void> {
  const names = await readdir(dirname(path)).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const leftovers = names.filter((name) => name.startsWith(`${basename(path)}.`));
  for (const name of leftovers) await rm(join(dirname(path), name), { force: true });
}
