import assert from "node:assert/strict";
import { test } from "node:test";

import { landInBronze, pollFile } from "../../support/bronze.ts";
import { startReceiver } from "../../support/http-receiver.ts";
import { idOf } from "../../support/poll-bench.ts";
import { withSpotifyLife } from "../../support/spotify-life.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";

test("a gap between polls is told, and that Spotify takes the login no more, once each and without a token or a title", (context) =>
  withSpotifyLife(context, async ({ root, dataDir, fake, environment, logIn }) => {
    const receiver = await startReceiver(context);
    const texts = (): readonly string[] =>
      receiver.received.map(({ body }) => /^\{"text":"\[\w+\] ([^\\]*)/.exec(body)?.[1] ?? body);
    const run = async (code: number): Promise<void> => {
      const outcome = await outcomeOf(
        startTonearm(["pipeline"], { cwd: root, environment: { ...environment, ALERT_WEBHOOK_URL: receiver.url } }),
      );
      assert.equal(outcome.code, code, outcome.stdout + outcome.stderr);
    };
    await landInBronze(dataDir, [
      pollFile([{ ended_at: "2024-05-01 10:00:00.500", media_type: "track", track_id: idOf(0) }]),
    ]);
    const newest = Date.now() - 60_000;
    fake.state.plays = Array.from({ length: 60 }, (_, play) => ({
      trackId: idOf(play),
      playedAt: new Date(newest - play * 60_000),
    }));
    await logIn();
    await run(0);
    assert.deepEqual(texts(), ["warning: plays may be missing: a gap between two polls"]);
    const oldest = new Date(newest - 49 * 60_000).toISOString().slice(0, 16).replace("T", " ");
    assert.ok(receiver.received[0]?.body.includes(`between 2024-05-01 10:00 UTC and ${oldest} UTC`));

    // A login that its user took back: the access token is gone, and the refresh token with it.
    fake.state.accessTokens.clear();
    fake.failNext("/api/token", { kind: "invalid_grant" });
    await run(1);
    await run(0);
    assert.deepEqual(texts().slice(1), ["warning: the login with Spotify has ended: log in again"]);
    await logIn();
    await run(0);
    assert.match(texts()[2] ?? "", /^recovered: over after .*: the login with Spotify has ended/);
    assert.equal(texts().length, 3);
    for (const { body } of receiver.received) assert.doesNotMatch(body, /planted|track_|spotify:/);
  }));
