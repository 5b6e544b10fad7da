import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { spotifyClient } from "../../../runner/spotify/client.ts";
import { closedBuckets } from "../../../runner/spotify/closed-buckets.ts";
import {
  BucketClosedError,
  LoginNeededError,
  RefusedError,
  UnreachableError,
} from "../../../runner/spotify/spotify-errors.ts";
import { removeTokens } from "../../../runner/spotify/token-store.ts";
import type { FakeFault } from "../../support/fake-spotify.ts";
import { withSpotifyBench } from "../../support/spotify-bench.ts";

const path = "/me";
const askMe = { bucket: "playlists", method: "GET", path } as const;
const askPlays = { bucket: "recently-played", method: "GET", path: "/me/player/recently-played" } as const;

test("a request carries the access token and gives the answer", () =>
  withSpotifyBench(async ({ client, fake }) => {
    const { status, json, place } = await client.request(askPlays);
    assert.deepEqual(json, {
      items: [],
      next: null,
      cursors: null,
      limit: 20,
      href: "https://api.spotify.com/v1/me/player/recently-played?",
    });
    assert.deepEqual([status, place], [200, `${fake.url.slice("http://".length)}/v1/me/player/recently-played`]);
    assert.equal(fake.requests[0]?.authorization, "Bearer planted-secret-access-2");
  }));

test("requests travel one after the other, also when one fails", () =>
  withSpotifyBench(async ({ client, fake, takeRequests }) => {
    fake.failNext("/v1/me", { kind: "reset" }, { kind: "status", status: 400 });
    const answers = await Promise.allSettled([client.request(askMe), client.request(askPlays), client.request(askMe)]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      ["rejected", "fulfilled", "fulfilled"],
    );
    assert.deepEqual(takeRequests(), ["GET /v1/me", "GET /v1/me", "GET /v1/me/player/recently-played", "GET /v1/me"]);
  }));

const troubles: Readonly<Record<string, { readonly fault: FakeFault; readonly text: string }>> = {
  "a 503": { fault: { kind: "status", status: 503 }, text: "answered 503" },
  "a 500 with JSON": { fault: { kind: "status", status: 500, text: '{"error":{}}' }, text: "answered 500" },
  "a reset before the answer": {
    fault: { kind: "reset" },
    text: "could not be reached: the connection failed (ECONNRESET)",
  },
  "JSON that is cut short": { fault: { kind: "truncate" }, text: "answered with JSON that is cut short" },
  "no answer at all": { fault: { kind: "hang" }, text: "gave no answer within 30 s" },
};

for (const [name, { fault, text }] of Object.entries(troubles)) {
  test(`${name} is tried again after growing pauses, and the third answer counts`, () =>
    withSpotifyBench(async ({ client, fake, slept, events, takeRequests }) => {
      fake.failNext("/v1/me", fault, fault);
      const { json } = await client.request(askPlays);
      assert.ok(typeof json === "object" && json !== null && "items" in json);
      // Half of 1 s and of 2 s, and half of the other half for a chance of 0.5.
      assert.deepEqual(slept, [750, 1500]);
      assert.deepEqual(
        events.map((event) => (event.kind === "retried" ? event.trouble : event.kind)),
        [text, text],
      );
      assert.equal(takeRequests().length, 3);
    }));

  test(`${name} three times ends with an error that says so`, () =>
    withSpotifyBench(async ({ client, fake, takeRequests }) => {
      fake.failNext("/v1/me", fault, fault, fault);
      await assert.rejects(client.request(askPlays), (error) => {
        assert.ok(error instanceof UnreachableError);
        const place = `${fake.url.slice("http://".length)}/v1/me/player/recently-played`;
        assert.equal(error.message, `${place} ${text} (3 tries)\n\nRun again later; nothing that landed is lost.`);
        assert.equal(error.exitCode, 1);
        return true;
      });
      assert.equal(takeRequests().length, 3);
    }));
}

test("an answer whose connection breaks half-way is tried again", () =>
  withSpotifyBench(async ({ client, fake, events }) => {
    fake.failNext("/v1/me", { kind: "cut" });
    await client.request(askMe);
    assert.match(
      events[0]?.kind === "retried" ? events[0].trouble : "",
      /^could not be reached: the connection failed/,
    );
  }));

test("what must not be done twice is sent once only", () =>
  withSpotifyBench(async ({ client, fake, slept, takeRequests }) => {
    fake.failNext("/v1/me", { kind: "status", status: 502 });
    await assert.rejects(client.request({ ...askMe, isRepeatable: false }), /\/v1\/me answered 502\n/);
    assert.deepEqual([slept, takeRequests()], [[], ["GET /v1/me"]]);
  }));

test("the 30-second limit is waited out as long as it says", () =>
  withSpotifyBench(async ({ client, fake, slept, events }) => {
    fake.failNext("/v1/me", { kind: "rate", retryAfterSeconds: 5 }, { kind: "rate", retryAfterSeconds: 0 });
    const { status } = await client.request(askMe);
    assert.equal(status, 200);
    assert.deepEqual(slept, [5000, 1000]);
    assert.deepEqual(events, [
      { kind: "waited", bucket: "playlists", waitMs: 5000 },
      { kind: "waited", bucket: "playlists", waitMs: 1000 },
    ]);
  }));

test("a limit that does not say how long is taken for the 30 seconds it looks back", () =>
  withSpotifyBench(async ({ client, fake, slept }) => {
    fake.failNext("/v1/me", { kind: "rate", retryAfterSeconds: null });
    await client.request(askMe);
    assert.deepEqual(slept, [30_000]);
  }));

test("limits that follow each other are waited out for 60 s in all, then the bucket is closed", () =>
  withSpotifyBench(async ({ client, fake, slept }) => {
    fake.chooseFault = () => ({ kind: "rate", retryAfterSeconds: 25 });
    await assert.rejects(client.request(askMe), BucketClosedError);
    assert.deepEqual(slept, [25_000, 25_000]);
  }));

test("the quota closes its bucket until it says, without sleep, and the others go on", () =>
  withSpotifyBench(async ({ client, fake, slept, pass, dataDir, context, takeRequests }) => {
    fake.failNext("/v1/me", { kind: "quota", retryAfterSeconds: 19_056 });
    const closed = (error: unknown): boolean => {
      assert.ok(error instanceof BucketClosedError);
      assert.equal(error.bucket, "playlists");
      assert.equal(error.retryAt.toISOString(), "2026-11-22T14:17:36.000Z");
      assert.equal(error.exitCode, 1);
      assert.match(error.message, /^Spotify, playlists has used up its limit: closed until 2026-11-22T14:17Z\n/);
      return true;
    };
    await assert.rejects(client.request(askMe), closed);
    pass(19_055_999);
    await assert.rejects(client.request(askMe), closed);
    await assert.rejects(spotifyClient(context).request(askMe), closed);
    await client.request(askPlays);
    const open = await closedBuckets(dataDir, context.effects.now());
    assert.deepEqual(open, [{ bucket: "playlists", retryAt: new Date("2026-11-22T14:17:36.000Z") }]);
    pass(1);
    await client.request(askMe);
    assert.deepEqual(await closedBuckets(dataDir, context.effects.now()), []);
    assert.deepEqual(slept, []);
    assert.deepEqual(
      takeRequests().filter((request) => !request.includes("token")),
      ["GET /v1/me", "GET /v1/me/player/recently-played", "GET /v1/me"],
    );
  }));

test("a Retry-After above 60 s closes the bucket too, and a quota without one closes it for a day", () =>
  withSpotifyBench(async ({ client, fake, dataDir, context }) => {
    fake.failNext("/v1/me", { kind: "rate", retryAfterSeconds: 61 });
    fake.failNext("/v1/tracks", { kind: "quota", retryAfterSeconds: null });
    await assert.rejects(client.request(askMe), BucketClosedError);
    await assert.rejects(
      client.request({ bucket: "tracks", method: "GET", path: "/tracks/1111111111111111111111" }),
      BucketClosedError,
    );
    assert.deepEqual(await closedBuckets(dataDir, context.effects.now()), [
      { bucket: "tracks", retryAt: new Date("2026-11-23T09:00:00.000Z") },
      { bucket: "playlists", retryAt: new Date("2026-11-22T09:01:01.000Z") },
    ]);
  }));

test("a 401 refreshes once and asks again", () =>
  withSpotifyBench(async ({ client, fake, events, takeRequests, saved }) => {
    fake.failNext("/v1/me", { kind: "unauthorized" });
    const { status } = await client.request(askMe);
    assert.equal(status, 200);
    assert.deepEqual(takeRequests(), ["GET /v1/me", "POST /api/token", "GET /v1/me"]);
    assert.deepEqual(events, [{ kind: "refreshed", isRotated: false }]);
    const tokens = await saved();
    assert.deepEqual(
      [tokens?.accessToken, tokens?.refreshToken],
      ["planted-secret-access-3", "planted-secret-refresh-1"],
    );
  }));

test("a 401 to a fresh token is an error and no loop", () =>
  withSpotifyBench(async ({ client, fake, takeRequests, saved }) => {
    fake.failNext("/v1/me", { kind: "unauthorized" }, { kind: "unauthorized" });
    await assert.rejects(
      client.request(askMe),
      (error) => error instanceof RefusedError && error.status === 401 && error.exitCode === 1,
    );
    assert.deepEqual(takeRequests(), ["GET /v1/me", "POST /api/token", "GET /v1/me"]);
    assert.notEqual(await saved(), null);
  }));

test("without a login nothing is asked", () =>
  withSpotifyBench(async ({ client, dataDir, takeRequests }) => {
    await removeTokens(dataDir);
    await assert.rejects(client.request(askMe), (error) => {
      assert.ok(error instanceof LoginNeededError);
      assert.equal(
        error.message,
        `${join(dataDir, "secrets/spotify.json")} there is no login with Spotify\n\nLog in again: npm run login`,
      );
      return error.exitCode === 1;
    });
    assert.deepEqual(takeRequests(), []);
  }));

test("the login of another app is not used", () =>
  withSpotifyBench(async ({ context, takeRequests }) => {
    const settings = { ...context.settings, clientId: "f".repeat(32) };
    await assert.rejects(spotifyClient({ ...context, settings }).request(askMe), LoginNeededError);
    assert.deepEqual(takeRequests(), []);
  }));

test("a refusal gives Spotify's reason without the tokens it repeats", () =>
  withSpotifyBench(async ({ client, fake }) => {
    const message = "Bad planted-secret-access-2 or\nplanted-secret-refresh-1";
    fake.failNext("/v1/me", { kind: "reply", reply: { status: 403, body: { error: { status: 403, message } } } });
    await assert.rejects(client.request(askMe), (error) => {
      assert.ok(error instanceof RefusedError);
      assert.match(error.message, /\/v1\/me refused with 403: Bad \[redacted\] or \[redacted\]\n/);
      return true;
    });
  }));

test("a refusal in a proxy's HTML is a refusal", () =>
  withSpotifyBench(async ({ client, fake }) => {
    fake.failNext("/v1/me", { kind: "status", status: 410, text: "<html>planted</html>" });
    await assert.rejects(client.request(askMe), /refused with 410$/);
  }));

test("a redirect is not followed with the token", () =>
  withSpotifyBench(async ({ client, fake, takeRequests }) => {
    const reply = { status: 302, headers: { location: `${fake.url}/v1/elsewhere` }, body: undefined };
    fake.failNext("/v1/me", { kind: "reply", reply });
    await assert.rejects(client.request(askMe), /refused with 302$/);
    assert.deepEqual(takeRequests(), ["GET /v1/me"]);
  }));

test("no way of failing shows a token in its error or events", () =>
  withSpotifyBench(async (bench) => {
    const faults: readonly FakeFault[] = [
      { kind: "status", status: 500, text: "planted-secret" },
      { kind: "status", status: 418, text: "planted-secret" },
      { kind: "reset" },
      { kind: "cut", isDone: true },
      { kind: "truncate" },
      { kind: "hang" },
      { kind: "invalid_grant" },
      { kind: "reply", reply: { status: 200, body: { access_token: "planted-secret\nx", token_type: "Bearer" } } },
      { kind: "reply", reply: { status: 200, body: { access_token: "planted-secret", token_type: "mac" } } },
      { kind: "reply", reply: { status: 401, headers: { "www-authenticate": "Basic planted-secret" }, body: {} } },
      { kind: "quota", retryAfterSeconds: 100 },
    ];
    for (const fault of faults) {
      bench.pass(3_600_000);
      bench.fake.failNext("/api/token", fault, fault, fault);
      const outcome: unknown = await bench.client.request(askMe).then(
        () => new Error("nothing failed"),
        (error: unknown) => error,
      );
      assert.ok(outcome instanceof Error && outcome.message !== "nothing failed", fault.kind);
      for (let error: unknown = outcome; error instanceof Error; error = error.cause) {
        assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /planted-secret/, fault.kind);
      }
    }
    assert.doesNotMatch(JSON.stringify(bench.events), /planted-secret/);
  }));

test("the note of a closed bucket holds times only", () =>
  withSpotifyBench(async ({ client, fake, dataDir }) => {
    fake.failNext("/v1/me", { kind: "quota", retryAfterSeconds: 60 });
    await assert.rejects(client.request(askMe), BucketClosedError);
    assert.equal(
      await readFile(join(dataDir, "spotify/playlists.closed.json"), "utf8"),
      '{"retry_at":"2026-11-22T09:01:00.000Z","noted_at":"2026-11-22T09:00:00.000Z"}\n',
    );
  }));
