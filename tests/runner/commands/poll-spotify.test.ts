import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { readLastPoll } from "../../../runner/commands/last-poll.ts";
import { tokenPath } from "../../../runner/spotify/token-store.ts";
import { landInBronze, pollFile } from "../../support/bronze.ts";
import { withScript } from "../../support/child-script.ts";
import { listFiles } from "../../support/list-files.ts";
import { idOf } from "../../support/poll-bench.ts";
import { withPollingProcesses } from "../../support/polling-process.ts";

test("a poll says what landed, what was known and where plays may be missing, and writes down when it was", () =>
  withPollingProcesses(async ({ fake, dataDir, run }) => {
    const newest = new Date(Date.now() - 60_000);
    fake.state.plays = Array.from({ length: 60 }, (_, play) => ({
      trackId: idOf(play),
      playedAt: new Date(newest.getTime() - play * 60_000),
    }));
    await landInBronze(dataDir, [
      pollFile([{ ended_at: "2024-05-01 10:00:00.500", media_type: "track", track_id: idOf(0) }]),
    ]);
    const { code, stdout, stderr } = await run();
    assert.deepEqual([code, stderr], [0, ""]);
    const oldest = new Date(newest.getTime() - 49 * 60_000).toISOString().slice(0, 16).replace("T", " ");
    assert.equal(
      stdout,
      `Spotify: 50 plays landed, 0 were known.
Gap: between 2024-05-01 10:00 and ${oldest} UTC plays may be missing; an export fills it.
`,
    );
    const note = await readLastPoll(dataDir);
    assert.deepEqual([note?.landed, note?.newest_play_at, note?.failing], [50, newest.toISOString(), null]);
    assert.equal((await run()).stdout, "Spotify: 0 plays landed, 50 were known.\n");
  }));

test("a poll that Spotify keeps out says until when, and its exit code is 1", () =>
  withPollingProcesses(async ({ fake, dataDir, run }) => {
    fake.state.bans.set("/v1/me/player", new Date(Date.now() + 5 * 3_600_000));
    const { code, stdout, stderr } = await run();
    assert.equal(code, 1);
    assert.equal(stdout, "Spotify: 0 plays landed, 0 were known.\n");
    assert.match(stderr, /Spotify, recently-played has used up its limit: closed until \d{4}-\d\d-\d\dT\d\d:\d\dZ/);
    const asked = fake.requests.length;
    const first = await readLastPoll(dataDir);
    assert.equal((await run()).code, 1);
    assert.equal(fake.requests.length, asked);
    const { polled_at: polledAt, failing } = (await readLastPoll(dataDir)) ?? {};
    assert.equal(polledAt, null);
    assert.match(failing?.reason ?? "", /^Spotify, recently-played has used up its limit: closed until/);
    assert.equal(failing?.since, first?.failing?.since);
  }));

test("a poll lands while a build is at work", () =>
  withPollingProcesses(async ({ fake, dataDir, run }) => {
    fake.state.plays = [{ trackId: idOf(1), playedAt: new Date(Date.now() - 60_000) }];
    await withScript("hold-lock", [dataDir, "build", "build"], async (build) => {
      assert.equal(await build.answer(), "held");
      const { code, stdout, stderr } = await run();
      assert.deepEqual([code, stdout, stderr], [0, "Spotify: 1 plays landed, 0 were known.\n", ""]);
      assert.equal(await build.ask("let go"), "released");
    });
  }));

test("without an app or a login nobody is asked, and what to do is said", () =>
  withPollingProcesses(async ({ fake, dataDir, run }) => {
    const noApp = await run({ TONEARM_SPOTIFY_CLIENT_ID: "" });
    assert.notEqual(noApp.code, 0);
    assert.match(noApp.stderr, /spotify_client_id/);
    await rm(tokenPath(dataDir));
    const noLogin = await run();
    assert.equal(noLogin.code, 1);
    assert.match(noLogin.stderr, /there is no login with Spotify/);
    assert.match(noLogin.stderr, /Log in again: npm run login/);
    assert.equal(fake.requests.length, 0);
  }));

test("neither tokens nor the user's name stand in what a poll prints, logs or leaves outside the secrets", () =>
  withPollingProcesses(async ({ fake, dataDir, run }) => {
    fake.state.plays = [{ trackId: idOf(1), playedAt: new Date(Date.now() - 60_000) }];
    fake.failNext("/v1/me/player", { kind: "unauthorized" }, { kind: "status", status: 503, text: "planted-secret" });
    const { code, stdout, stderr } = await run({ LOG_LEVEL: "trace" });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /refreshed/);
    assert.doesNotMatch(stdout + stderr, /planted/);
    const files = (await listFiles(dataDir)).filter((file) => !file.startsWith("secrets/"));
    assert.ok(files.length > 4, files.join("\n"));
    for (const file of files) assert.ok(!(await readFile(join(dataDir, file))).includes("planted"), file);
  }));
