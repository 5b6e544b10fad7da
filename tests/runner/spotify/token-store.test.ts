import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { loadTokens, removeTokens, saveTokens, tokenPath } from "../../../runner/spotify/token-store.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";

const tokens = {
  clientId: "0123456789abcdef0123456789abcdef",
  accessToken: "planted-secret-access",
  refreshToken: "planted-secret-refresh",
  scope: "user-read-recently-played",
  authorizedAt: new Date("2026-11-22T09:00:00.000Z"),
  refreshedAt: new Date("2026-11-22T10:00:00.000Z"),
  expiresAt: new Date("2026-11-22T11:00:00.000Z"),
};

async function modeOf(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

async function refusal(dataDir: string): Promise<ProjectError> {
  const error: unknown = await loadTokens(dataDir).then(
    () => new Error("it was read"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProjectError, String(error));
  assert.doesNotMatch(error.message, /planted-secret/);
  return error;
}

test("a login is kept for its owner alone and comes back as it was", () =>
  inScratchFolder(async (dataDir) => {
    assert.equal(await loadTokens(dataDir), null);
    await saveTokens(dataDir, tokens);
    assert.deepEqual(await loadTokens(dataDir), tokens);
    assert.deepEqual([await modeOf(join(dataDir, "secrets")), await modeOf(tokenPath(dataDir))], ["700", "600"]);
    assert.deepEqual(JSON.parse(await readFile(join(dataDir, "secrets/spotify.json"), "utf8")), {
      client_id: "0123456789abcdef0123456789abcdef",
      access_token: "planted-secret-access",
      refresh_token: "planted-secret-refresh",
      scope: "user-read-recently-played",
      authorized_at: "2026-11-22T09:00:00.000Z",
      refreshed_at: "2026-11-22T10:00:00.000Z",
      expires_at: "2026-11-22T11:00:00.000Z",
    });
  }));

test("a second login replaces the first, and nothing lies beside it", () =>
  inScratchFolder(async (dataDir) => {
    await saveTokens(dataDir, tokens);
    await saveTokens(dataDir, { ...tokens, accessToken: "another" });
    assert.equal((await loadTokens(dataDir))?.accessToken, "another");
    assert.deepEqual(await readdir(join(dataDir, "secrets")), ["spotify.json"]);
  }));

test("a login that others can read is refused with the remedy", () =>
  inScratchFolder(async (dataDir) => {
    await saveTokens(dataDir, tokens);
    const path = tokenPath(dataDir);
    await chmod(path, 0o640);
    assert.deepEqual((await refusal(dataDir)).diagnostics, [
      {
        path,
        message: "can be read by others (mode 640), so the login is not used",
        hint: `chmod 600 ${path}\nWho else uses this machine may have read the login: then make a new one, npm run login.`,
      },
    ]);
    await chmod(path, 0o600);
    assert.deepEqual(await loadTokens(dataDir), tokens);
  }));

test("a login in a folder that others can enter is refused, and a new login closes the folder", () =>
  inScratchFolder(async (dataDir) => {
    await saveTokens(dataDir, tokens);
    await chmod(join(dataDir, "secrets"), 0o755);
    const { message } = await refusal(dataDir);
    assert.match(message, /secrets can be read by others \(mode 755\)/);
    await saveTokens(dataDir, tokens);
    assert.deepEqual(await loadTokens(dataDir), tokens);
  }));

test("a damaged login is named without its content", () =>
  inScratchFolder(async (dataDir) => {
    await mkdir(join(dataDir, "secrets"), { mode: 0o700 });
    for (const text of ["", '{"access_token": "planted-secret', '{"access_token":"planted-secret\\n"}', "[]"]) {
      await writeFile(tokenPath(dataDir), text, { mode: 0o600 });
      const { message, exitCode } = await refusal(dataDir);
      assert.match(message, /spotify\.json the file of the login is damaged\n\nRemove the file and log in again/);
      assert.equal(exitCode, 1);
    }
  }));

test("removing takes the login and what a killed write left of one, and nothing else", () =>
  inScratchFolder(async (dataDir) => {
    await saveTokens(dataDir, tokens);
    await writeFile(`${tokenPath(dataDir)}.4711.next`, "planted-secret");
    await writeFile(join(dataDir, "secrets/postgres.json"), "");
    await removeTokens(dataDir);
    assert.deepEqual(await readdir(join(dataDir, "secrets")), ["postgres.json"]);
    assert.equal(await loadTokens(dataDir), null);
  }));

test("removing where there is nothing is no mistake", () =>
  inScratchFolder(async (dataDir) => {
    await removeTokens(dataDir);
    assert.deepEqual(await readdir(dataDir), []);
  }));
