import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { checkClock } from "../../../runner/commands/debug/check-clock.ts";
import { checkRelease } from "../../../runner/commands/debug/check-project.ts";
import { checkToken } from "../../../runner/commands/debug/check-token.ts";
import type { Check, Finding } from "../../../runner/commands/debug/finding.ts";
import type { Effects } from "../../../runner/commands/effects.ts";
import { newRunId } from "../../../runner/execution/journal.ts";
import { loadProjectSettings } from "../../../runner/project/load-project.ts";
import { saveTokens } from "../../../runner/spotify/token-store.ts";
import { writePin } from "../../../runner/warehouse/pin.ts";
import { withFakeSpotify } from "../../support/fake-spotify.ts";
import { startReceiver } from "../../support/http-receiver.ts";
import { makeRelease } from "../../support/make-release.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";
import { benchTokens } from "../../support/spotify-bench.ts";

const day = 24 * 3_600_000;

interface Machine {
  readonly root: string;
  readonly now?: Date;
  readonly vars?: Readonly<Record<string, string>>;
}

/** What a check finds on a machine with a small project. */
async function find(check: Check, { root, now = new Date(), vars = {} }: Machine): Promise<readonly Finding[]> {
  const lines = Object.entries({ timezone: "Europe/Berlin", spotify_client_id: "null", ...vars });
  const text = `name: small\nvars:\n${lines.map(([name, value]) => `  ${name}: ${value}\n`).join("")}`;
  await writeFile(join(root, "project.yml"), text);
  const project = await loadProjectSettings(root);
  const nobody = (): void => undefined;
  const effects: Effects = {
    print: nobody,
    warn: nobody,
    progress: null,
    screenWidth: null,
    now: () => now,
    environment: {},
    cwd: root,
    pid: process.pid,
    args: [],
    log: null,
  };
  const loaded = { project, dataDir: join(root, "data"), inbox: join(root, "inbox"), notice: null };
  return check({ loaded, effects, send: false });
}

test("a clock that is behind the last run is wrong, and one that is not says its time and its zone", () =>
  inScratchFolder(async (root) => {
    const now = new Date("2026-11-22T12:00:30Z");
    const well = { level: "ok", text: "2026-11-22 12:00 UTC; days are those of Europe/Berlin" };
    await mkdir(join(root, "data/runs"), { recursive: true });
    const begin = (at: string): Promise<void> =>
      writeFile(join(root, "data/runs", `${newRunId(new Date(at), 1)}.jsonl`), "");
    await begin("2026-11-22T12:01:00Z");
    assert.deepEqual(await find(checkClock, { root, now }), [well]);
    await begin("2026-11-23T07:30:00Z");
    assert.deepEqual(await find(checkClock, { root, now }), [
      well,
      {
        level: "wrong",
        text: "the clock is behind the last run, which began 2026-11-23T07:30Z",
        hint: "Set the clock (timedatectl set-ntp true). Runs of the future stand in the way of those that are due.",
      },
    ]);
  }));

test("a clock that differs from Spotify's is wrong, and a zone that is not set is looked at", (context) =>
  inScratchFolder(async (root) => {
    const { url } = await startReceiver(context);
    const vars = {
      timezone: "null",
      spotify_client_id: "0123456789abcdef0123456789abcdef",
      spotify_accounts_url: url,
      spotify_api_url: url,
    };
    const [zone, agreed] = await find(checkClock, { root, vars });
    assert.equal(zone?.level, "look");
    assert.equal(zone.text, "no time zone is set: days and hours are UTC");
    assert.deepEqual(agreed, { level: "ok", text: "it agrees with Spotify's" });
    for (const [minutes, side] of [
      [10, "ahead of"],
      [-10, "behind"],
    ] as const) {
      const [, differs] = await find(checkClock, { root, vars, now: new Date(Date.now() + minutes * 60_000) });
      assert.equal(differs?.level, "wrong");
      // Some seconds may pass on the way.
      assert.match(differs.text, new RegExp(`^the clock is (5[89]\\d|60\\d) s ${side} Spotify's$`));
    }
  }));

test("a login that works says until when; one that is near its end, of another app, or gone says what to do", () =>
  inScratchFolder((root) =>
    withFakeSpotify(
      () => new Date(),
      async (fake) => {
        const vars = { ...fake.vars, spotify_client_id: fake.settings.clientId };
        const dataDir = join(root, "data");
        const again = "npm run login";
        assert.deepEqual(await find(checkToken, { root }), [
          { level: "off", text: "no app is set, so Spotify is not asked" },
        ]);
        assert.deepEqual(await find(checkToken, { root, vars }), [
          { level: "wrong", text: "there is no login with Spotify", hint: again },
        ]);
        const tokens = benchTokens(fake);
        await saveTokens(dataDir, tokens);
        const [works] = await find(checkToken, { root, vars });
        assert.equal(works?.level, "ok");
        assert.match(works.text, /^the login works, until \d{4}-\d\d-\d\d \(18[0-4] days\)$/);
        await saveTokens(dataDir, { ...tokens, authorizedAt: new Date(Date.now() - 160 * day) });
        const [near] = await find(checkToken, { root, vars });
        assert.deepEqual([near?.level, near?.hint], ["look", again]);
        await saveTokens(dataDir, { ...tokens, clientId: "another" });
        assert.deepEqual(await find(checkToken, { root, vars }), [
          { level: "wrong", text: "the login is of another app than spotify_client_id names", hint: again },
        ]);
        // What has run out is renewed; Spotify takes it no more.
        await saveTokens(dataDir, { ...tokens, expiresAt: new Date(Date.now() - 1000) });
        fake.failNext("/api/token", { kind: "invalid_grant" });
        await assert.rejects(find(checkToken, { root, vars }), /npm run login/);
        assert.deepEqual(await find(checkToken, { root, vars }), [
          { level: "wrong", text: "the login with Spotify has ended", hint: again },
        ]);
      },
    ),
  ));

test("a release that is pinned is looked at, and none at all too", () =>
  inScratchFolder(async (root) => {
    const dataDir = join(root, "data");
    assert.deepEqual(await find(checkRelease, { root }), [
      { level: "look", text: "nothing is published yet", hint: "npm run pipeline" },
    ]);
    await makeRelease(dataDir, 1);
    const published = { level: "ok", text: "release 1, published 2026-11-22 10:11 UTC" };
    assert.deepEqual(await find(checkRelease, { root }), [published]);
    await writePin(dataDir, { release: 1, runId: "rollback", since: "2026-11-22T11:00:00.000Z" });
    assert.deepEqual(await find(checkRelease, { root }), [
      published,
      { level: "look", text: "release 1 is pinned: scheduled builds leave it alone", hint: "npm run unpin" },
    ]);
    await rm(join(dataDir, "releases/pinned.json"));
    assert.deepEqual(await find(checkRelease, { root }), [published]);
  }));
