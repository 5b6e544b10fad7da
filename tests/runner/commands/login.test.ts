import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { loadTokens } from "../../../runner/spotify/token-store.ts";
import { printed, type SpotifyLife, withSpotifyLife } from "../../support/spotify-life.ts";
import { outcomeOf, scratchProject } from "../../support/tonearm.ts";

/** The address that a login printed. */
function addressIn(text: string): string {
  return /^http\S+\/authorize\?\S+$/m.exec(text)?.[0] ?? "";
}

/** Where the browser ends when the user answers, without going there. */
async function answerAt(address: string): Promise<string> {
  const response = await fetch(address, { redirect: "manual" });
  return response.headers.get("location") ?? "";
}

/** Six months after a day, the last of its month where there is no such day. */
function sixMonthsAfter(day: Date): Date {
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth() + 6];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(day.getUTCDate(), lastDay)));
}

/** The closing words of a login that was made on a day. */
function nextLogin(authorizedAt: Date): string {
  const midnight = Date.UTC(authorizedAt.getUTCFullYear(), authorizedAt.getUTCMonth(), authorizedAt.getUTCDate());
  const end = sixMonthsAfter(authorizedAt);
  const days = (end.getTime() - midnight) / 86_400_000;
  return `Logged in. The next login is due in ${days} days, by ${end.toISOString().slice(0, 10)}.\n`;
}

async function loginTime({ dataDir }: SpotifyLife): Promise<Date> {
  const tokens = await loadTokens(dataDir);
  assert.ok(tokens !== null, "there is a login");
  return tokens.authorizedAt;
}

test("a browser that comes back to the callback logs in, and the process ends although nobody typed", (context) =>
  withSpotifyLife(context, async (life) => {
    await life.setBrowser("fetch(address)");
    const { code, stdout, stderr } = await outcomeOf(life.start("login"));
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(nextLogin(await loginTime(life))), stdout);
    assert.equal(stdout.match(/Developer Policy forbids analysing/g)?.length, 1);
    assert.equal((await stat(join(life.dataDir, "secrets", "spotify.json"))).mode & 0o777, 0o600);
    assert.equal((await stat(join(life.dataDir, "secrets"))).mode & 0o777, 0o700);
    assert.equal((await life.run("ingest", "spotify")).code, 0);
  }));

test("over ssh the address that is pasted logs in", (context) =>
  withSpotifyLife(context, async (life) => {
    const child = life.start("login");
    const address = addressIn(await printed(child, "press Enter"));
    const outcome = outcomeOf(child);
    child.stdin?.write(`${await answerAt(address)}\n`);
    const { code, stdout, stderr } = await outcome;
    assert.equal(code, 0, stderr);
    assert.ok(stdout.includes(nextLogin(await loginTime(life))), stdout);
  }));

test("the answer to another login is refused, and the login goes on; a user who refuses ends it with 1", (context) =>
  withSpotifyLife(context, async (life) => {
    const child = life.start("login");
    const address = addressIn(await printed(child, "press Enter"));
    const answer = new URL(await answerAt(address));
    answer.searchParams.set("state", "of-another-login");
    child.stdin?.write(`${answer.href}\n`);
    await printed(child, "It belongs to another login: its state is not the one of this login.");
    assert.equal(existsSync(join(life.dataDir, "secrets", "spotify.json")), false);
    life.fake.state.isAgreeing = false;
    const outcome = outcomeOf(child);
    child.stdin?.end(`${await answerAt(address)}\n`);
    const { code, stderr } = await outcome;
    assert.equal(code, 1);
    assert.equal(stderr, "Spotify did not log in. You did not agree.\n\nnpm run login begins again.\n");
    assert.equal(existsSync(join(life.dataDir, "secrets", "spotify.json")), false);
  }));

test("without an app the login says how to get one", async (context) => {
  const { run } = await scratchProject(context, {});
  const { code, stderr } = await run("login");
  assert.equal(code, 2);
  assert.match(stderr, /^the var spotify_client_id is not set, so Spotify is not asked\n\nMake an app at https:/);
});

test("made-up data and an account are kept apart", (context) =>
  withSpotifyLife(context, async (life) => {
    const marker = { notice: "Demo data.", timezone: "UTC", export: "" };
    await life.write({ "data/demo.json": JSON.stringify(marker) });
    for (const args of [["login"], ["ingest", "spotify"], ["playlists", "publish"]]) {
      const { code, stderr } = await life.run(...args);
      assert.equal(code, 2);
      assert.match(stderr, /data holds made-up data, so Spotify is not asked/);
    }
    assert.deepEqual(life.fake.requests, []);
  }));
