import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { apiError } from "../../support/fake-spotify-request.ts";
import { filesWith, type SpotifyLife, withSpotifyLife } from "../../support/spotify-life.ts";
import { outcomeOf, startTonearm } from "../../support/tonearm.ts";

/** Every token and code of the fake begins so, and its user is called so. */
const secret = "planted-secret";
const userName = "planted-user";

/** Where a login may stand. */
const loginFile = "data/secrets/spotify.json";

const suggestions = `playlist_name,playlist_purpose,track_name,track_id,position
Calm,Quiet music,Sea,${"sea".padEnd(22, "0")},1
`;

/** Ends the access tokens that there are: the next request is refused and renews. */
function expire({ fake }: SpotifyLife): void {
  fake.state.accessTokens.clear();
}

test("no token and no user name gets into outputs, logs, journals, artefacts or errors", (context) =>
  withSpotifyLife(context, async (life) => {
    const { root, fake, dataDir, write } = life;
    const said: string[] = [];
    const environment = { ...life.environment, LOG_LEVEL: "trace" };
    const run = async (expected: number, ...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await outcomeOf(startTonearm(args, { cwd: root, environment }));
      assert.equal(code, expected, `${args.join(" ")}: ${stdout}${stderr}`);
      said.push(stdout, stderr);
      return stdout + stderr;
    };
    const check = async (moment: string): Promise<void> => {
      for (const planted of [secret, userName]) {
        assert.deepEqual(
          said.filter((text) => text.includes(planted)),
          [],
          moment,
        );
        const files = (await filesWith(root, planted)).filter((name) => name !== loginFile);
        assert.deepEqual(files, [], moment);
      }
    };
    await write({ "seeds/suggestions.csv": suggestions });
    await life.setBrowser("fetch(address)");
    fake.state.isRotating = true;
    fake.state.plays.push({ trackId: "track".padEnd(22, "0"), playedAt: new Date() });

    await run(0, "login");
    const login = await readFile(join(root, loginFile), "utf8");
    assert.match(
      login,
      /"access_token": "planted-secret-access-\d+",\n {2}"refresh_token": "planted-secret-refresh-\d+"/,
    );
    await run(0, "ingest", "spotify");
    expire(life);
    await run(0, "ingest", "spotify");
    await run(0, "pipeline");
    await run(0, "playlists", "publish");
    await run(0, "status");
    assert.deepEqual(await filesWith(root, secret), [loginFile], "the search finds what is there");
    await check("when all goes well");

    const [token = ""] = fake.state.accessTokens.keys();
    const played = "/v1/me/player/recently-played";
    fake.failNext(played, {
      kind: "reply",
      reply: apiError(403, `Bad token ${token}`),
    });
    assert.match(await run(1, "ingest", "spotify"), /refused with 403: Bad token \[redacted\]/);
    fake.failNext(played, { kind: "reply", reply: { status: 200, body: { items: token } } });
    await run(1, "ingest", "spotify");
    fake.failNext(played, { kind: "quota", retryAfterSeconds: 7200 });
    await run(1, "ingest", "spotify");
    fake.failNext("/v1/me/playlists", { kind: "reply", reply: { status: 200, body: { items: [{ id: userName }] } } });
    await run(1, "playlists", "publish");
    expire(life);
    fake.failNext("/api/token", {
      kind: "reply",
      reply: { status: 400, body: { error: "odd", error_description: token } },
    });
    await run(1, "playlists", "publish");
    fake.failNext("/api/token", {
      kind: "reply",
      reply: { status: 200, body: { access_token: `${token}\n`, token_type: "Bearer" } },
    });
    await run(1, "playlists", "publish");
    await run(0, "status");
    await check("when Spotify refuses or answers badly");

    await write({ [loginFile]: login.replace('"access_token"', '"access_tokens"') });
    await run(1, "status");
    await run(1, "playlists", "publish");
    await check("when the login is damaged");
    await write({ [loginFile]: login });
    expire(life);
    // The old refresh token, which Spotify does not take any more.
    assert.match(await run(1, "playlists", "publish"), /Log in again: npm run login/);
    await run(0, "disconnect", "--yes");
    await check("when the login has ended");
    assert.deepEqual(await filesWith(dataDir, secret), []);
  }));
