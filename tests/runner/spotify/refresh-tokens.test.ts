import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { readLoginEnded } from "../../../runner/spotify/login-ended.ts";
import { refreshTokens } from "../../../runner/spotify/refresh-tokens.ts";
import { BucketClosedError, LoginNeededError, RefusedError } from "../../../runner/spotify/spotify-errors.ts";
import { saveTokens, type Tokens } from "../../../runner/spotify/token-store.ts";
import { withScript } from "../../support/child-script.ts";
import { type FakeSpotify, withFakeSpotify } from "../../support/fake-spotify.ts";
import { inScratchFolder } from "../../support/scratch-folder.ts";
import { benchScope, benchStart, benchTokens, withSpotifyBench } from "../../support/spotify-bench.ts";

const askPlays = { bucket: "recently-played", method: "GET", path: "/me/player/recently-played" } as const;

test("an access token about to end is renewed before it is used, and the login keeps its day", () =>
  withSpotifyBench(async ({ client, pass, takeRequests, saved, fake }) => {
    pass(3_540_000 - 1);
    await client.request(askPlays);
    assert.deepEqual(takeRequests(), ["GET /v1/me/player/recently-played"]);
    pass(1);
    await client.request(askPlays);
    assert.equal(
      fake.requests[0]?.body,
      "refresh_token=planted-secret-refresh-1&grant_type=refresh_token&client_id=0123456789abcdef0123456789abcdef",
    );
    assert.deepEqual(takeRequests(), ["POST /api/token", "GET /v1/me/player/recently-played"]);
    assert.deepEqual(await saved(), {
      clientId: "0123456789abcdef0123456789abcdef",
      accessToken: "planted-secret-access-3",
      refreshToken: "planted-secret-refresh-1",
      scope: benchScope,
      authorizedAt: benchStart,
      refreshedAt: new Date("2026-11-22T09:59:00.000Z"),
      expiresAt: new Date("2026-11-22T10:59:00.000Z"),
    });
  }));

test("a new refresh token replaces the old one, again and again", () =>
  withSpotifyBench(async ({ client, fake, pass, saved, events }) => {
    fake.state.isRotating = true;
    const seen: (string | undefined)[] = [];
    for (let hour = 0; hour < 3; hour++) {
      pass(3_600_000);
      await client.request(askPlays);
      seen.push((await saved())?.refreshToken);
    }
    // Each hour makes a refresh and an access token.
    assert.deepEqual(seen, ["planted-secret-refresh-3", "planted-secret-refresh-5", "planted-secret-refresh-7"]);
    assert.deepEqual((await saved())?.authorizedAt, benchStart);
    assert.deepEqual(
      events,
      Array.from({ length: 3 }, () => ({ kind: "refreshed", isRotated: true })),
    );
  }));

test("six months after the login, however often it was refreshed, it is dropped and asked for again, once", () =>
  withSpotifyBench(async ({ client, fake, clock, takeRequests, saved, events }) => {
    fake.state.isRotating = true;
    clock.now = new Date("2027-05-22T08:59:59Z");
    await client.request(askPlays);
    assert.equal(events.length, 1);
    takeRequests();
    clock.now = new Date("2027-05-22T10:00:00Z");
    await assert.rejects(client.request(askPlays), (error) => {
      assert.ok(error instanceof LoginNeededError);
      assert.equal(
        error.message,
        "Spotify the login has ended: its six months are over, it was taken back, or Spotify's last answer with a new one was lost\n\nLog in again: npm run login",
      );
      return true;
    });
    assert.equal(await saved(), null);
    await assert.rejects(client.request(askPlays), LoginNeededError);
    assert.deepEqual(takeRequests(), ["POST /api/token"]);
    assert.deepEqual(events.at(-1), { kind: "login_ended" });
    // Noted for whoever is to be told, until there is a login again.
    const { dataDir } = client.context;
    assert.deepEqual(await readLoginEnded(dataDir), new Date("2027-05-22T10:00:00Z"));
    await saveTokens(dataDir, benchTokens(fake));
    assert.equal(await readLoginEnded(dataDir), null);
  }));

test("other refusals of a refresh keep the login", () =>
  withSpotifyBench(async ({ client, fake, pass, saved }) => {
    pass(3_600_000);
    fake.failNext("/api/token", { kind: "reply", reply: { status: 400, body: { error: "invalid_client" } } });
    await assert.rejects(client.request(askPlays), (error) => {
      assert.ok(error instanceof RefusedError);
      assert.match(error.message, /\/api\/token refused with 400: invalid_client$/);
      return true;
    });
    fake.failNext("/api/token", { kind: "quota", retryAfterSeconds: 7200 });
    await assert.rejects(client.request(askPlays), BucketClosedError);
    assert.equal((await saved())?.refreshToken, "planted-secret-refresh-1");
    pass(7_200_000);
    await client.request(askPlays);
  }));

test("a refresh is tried again after a trouble on the way", () =>
  withSpotifyBench(async ({ client, fake, pass, slept, takeRequests }) => {
    pass(3_600_000);
    fake.failNext("/api/token", { kind: "reset" }, { kind: "truncate" });
    await client.request(askPlays);
    assert.deepEqual(slept, [750, 1500]);
    assert.equal(takeRequests().length, 4);
  }));

test("a client whose clock is set back keeps working, by the 401 of the server", () =>
  withSpotifyBench(async ({ client, fake, clock, takeRequests }) => {
    const server = new Date("2026-11-22T12:00:00Z");
    fake.state.now = () => server;
    clock.now = new Date("2026-11-20T00:00:00Z");
    await client.request(askPlays);
    await client.request(askPlays);
    assert.deepEqual(takeRequests(), [
      "GET /v1/me/player/recently-played",
      "POST /api/token",
      "GET /v1/me/player/recently-played",
      "GET /v1/me/player/recently-played",
    ]);
  }));

test("what another process has refreshed meanwhile is taken over", () =>
  withSpotifyBench(async ({ context, takeRequests, saved }) => {
    const mine = await refreshTokens(context, "planted-secret-access-of-yesterday");
    assert.deepEqual(mine, await saved());
    assert.deepEqual(takeRequests(), []);
  }));

/** A fake and a data folder on this machine's clock, whose access token the server no longer takes. */
async function withStaleLogin(
  use: (fake: FakeSpotify, dataDir: string, args: readonly string[]) => Promise<void>,
): Promise<void> {
  await inScratchFolder((dataDir) =>
    withFakeSpotify(
      () => new Date(),
      async (fake) => {
        fake.state.isRotating = true;
        const tokens: Tokens = benchTokens(fake);
        await saveTokens(dataDir, tokens);
        fake.state.accessTokens.delete(tokens.accessToken);
        await use(fake, dataDir, [dataDir, fake.url, fake.settings.clientId]);
      },
    ),
  );
}

test("two processes that refresh at once leave a login that works, after one refresh", () =>
  withStaleLogin((fake, _, args) =>
    withScript("ask-spotify", args, (first) =>
      withScript("ask-spotify", args, async (second) => {
        assert.deepEqual([await first.answer(), await second.answer()], ["ready", "ready"]);
        // The first refresh is answered when both were refused and the other one had time to begin its own.
        fake.hold = async ({ path }) => {
          if (path !== "/api/token") return;
          while (fake.requests.filter((request) => request.path.startsWith("/v1/")).length < 2) await sleep(10);
          await sleep(700);
        };
        assert.deepEqual(await Promise.all([first.ask("go"), second.ask("go")]), [200, 200]);
        assert.equal(fake.requests.filter(({ path }) => path === "/api/token").length, 1);
        fake.hold = () => Promise.resolve();
        fake.state.accessTokens.clear();
        assert.deepEqual([await second.ask("go"), await first.ask("go")], [200, 200]);
        assert.equal(fake.requests.filter(({ path }) => path === "/api/token").length, 2);
      }),
    ),
  ));

test("a process killed while it waits for its new tokens leaves a login that works", () =>
  withStaleLogin((fake, dataDir, args) =>
    withScript("ask-spotify", args, async (first) => {
      await first.answer();
      fake.failNext("/api/token", { kind: "hang" });
      const hanging = new Promise<void>((resolve) => (fake.onHang = resolve));
      void first.ask("go");
      await hanging;
      await first.kill();
      await withScript("ask-spotify", args, async (second) => {
        await second.answer();
        assert.equal(await second.ask("go"), 200);
      });
      assert.deepEqual(await readdir(join(dataDir, "secrets")), ["spotify.json"]);
    }),
  ));
