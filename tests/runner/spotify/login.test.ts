import assert from "node:assert/strict";
import { createServer } from "node:net";
import { once } from "node:events";
import { test } from "node:test";

import { ProjectError } from "../../../runner/diagnostics.ts";
import { loginAttempt } from "../../../runner/spotify/login-attempt.ts";
import { login, type LoginEffects, policyNotice } from "../../../runner/spotify/login.ts";
import { RefusedError } from "../../../runner/spotify/spotify-errors.ts";
import { removeTokens } from "../../../runner/spotify/token-store.ts";
import { type SpotifyBench, withSpotifyBench } from "../../support/spotify-bench.ts";

/** A user without a login, at a terminal that shows lines and types none unless told. */
interface User {
  readonly shown: string[];
  readonly effects: LoginEffects;
  /** Types a line. */
  readonly type: (line: string | null) => void;
  /** The address the login printed. */
  readonly address: () => string;
  /** Waits until the browser has seen its last page. */
  readonly browsed: () => Promise<void>;
}

async function withUser(
  openBrowser: LoginEffects["openBrowser"],
  use: (bench: SpotifyBench, user: User) => Promise<void>,
): Promise<void> {
  await withSpotifyBench(async (bench) => {
    await removeTokens(bench.dataDir);
    const shown: string[] = [];
    const typed: (string | null)[] = [];
    let wake: () => void = () => undefined;
    let visit: Promise<void> = Promise.resolve();
    const readLine: LoginEffects["readLine"] = async (signal) => {
      signal.addEventListener("abort", () => wake());
      while (typed.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      return typed.shift() ?? null;
    };
    await use(bench, {
      shown,
      effects: {
        print: (line) => void shown.push(line),
        openBrowser: (url) => (visit = openBrowser(url)),
        readLine,
      },
      browsed: () => visit,
      type: (line) => {
        typed.push(line);
        wake();
      },
      address: () => shown.find((line) => line.includes("/authorize?")) ?? "",
    });
  });
}

/** Where the browser ends when the user agrees, without going there. */
async function agree(address: string): Promise<string> {
  const response = await fetch(address, { redirect: "manual" });
  return response.headers.get("location") ?? (await response.text());
}

async function failureOf(work: Promise<unknown>): Promise<ProjectError> {
  const error: unknown = await work.then(
    () => new Error("nothing failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProjectError, String(error));
  assert.doesNotMatch(`${error.stack}`, /planted-secret/);
  return error;
}

test("a user who agrees in the browser is logged in, and the page says so", async () => {
  const pages: string[] = [];
  const browser: LoginEffects["openBrowser"] = async (url) => void pages.push(await (await fetch(url)).text());
  await withUser(browser, async ({ context, saved, fake, client }, { effects, address, browsed }) => {
    const tokens = await login(context, effects);
    await browsed();
    assert.deepEqual(await saved(), tokens);
    assert.deepEqual(tokens, {
      clientId: "0123456789abcdef0123456789abcdef",
      accessToken: "planted-secret-access-5",
      refreshToken: "planted-secret-refresh-4",
      scope: "user-read-recently-played playlist-read-private playlist-modify-private",
      authorizedAt: new Date("2026-11-22T09:00:00.000Z"),
      refreshedAt: new Date("2026-11-22T09:00:00.000Z"),
      expiresAt: new Date("2026-11-22T10:00:00.000Z"),
    });
    assert.deepEqual(pages, [
      '<!doctype html><meta charset="utf-8"><title>Tonearm</title><p>Done: Tonearm is logged in with Spotify. You can close this page.</p>\n',
    ]);
    const asked = new URL(address()).searchParams;
    assert.deepEqual(
      [asked.get("response_type"), asked.get("code_challenge_method"), asked.get("client_id"), asked.get("scope")],
      ["code", "S256", fake.settings.clientId, tokens.scope],
    );
    assert.match(asked.get("redirect_uri") ?? "", /^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    assert.equal(fake.requests.filter(({ path }) => path === "/api/token").length, 1);
    await client.request({ bucket: "recently-played", method: "GET", path: "/me/player/recently-played" });
  });
});

test("the policy is told once, and where to paste", async () => {
  const browser: LoginEffects["openBrowser"] = async (url) => void (await fetch(url));
  await withUser(browser, async ({ context }, { effects, shown, address }) => {
    await login(context, effects);
    const redirectUri = new URL(address()).searchParams.get("redirect_uri") ?? "";
    assert.deepEqual(shown, [
      policyNotice,
      "",
      "Agree in the browser:",
      address(),
      "",
      `It ends at ${redirectUri}?code=… If it cannot get there (over ssh), paste that address here and press Enter.`,
      "If Spotify speaks of the redirect URI: your app needs http://127.0.0.1/callback in its dashboard (it stands for any port).",
    ]);
    assert.match(policyNotice, /Developer Policy forbids analysing/);
  });
});

test("without a browser the pasted address logs in; what is not one is explained and asked for again", async () => {
  const noBrowser: LoginEffects["openBrowser"] = () => Promise.reject(new Error("no display"));
  await withUser(noBrowser, async ({ context, saved }, { effects, shown, type, address }) => {
    const tokens = login(context, {
      ...effects,
      readLine: async (signal) => {
        const count = shown.length;
        if (count === 7) {
          const redirectUri = new URL(address()).searchParams.get("redirect_uri") ?? "";
          type("");
          type("planted-code");
          type("https://example.org/callback?code=x");
          type(`${redirectUri}?code=planted&state=of-another-login`);
          type(`  "${await agree(address())}"  `);
        }
        return effects.readLine(signal);
      },
    });
    assert.deepEqual(await tokens, await saved());
    const redirectUri = new URL(address()).searchParams.get("redirect_uri") ?? "";
    assert.deepEqual(shown.slice(7), [
      `That is no address. Paste all of the browser's address line: ${redirectUri}?code=…`,
      `That is not where the browser ends. Agree there first, then paste the address: ${redirectUri}?code=…`,
      "It belongs to another login: its state is not the one of this login.",
    ]);
  });
});

test("a callback of another login, or without a code, changes nothing and the right one still counts", async () => {
  const statuses: number[] = [];
  const browser: LoginEffects["openBrowser"] = async (url) => {
    const asked = new URL(url).searchParams;
    const [back, state] = [asked.get("redirect_uri") ?? "", asked.get("state") ?? ""];
    const visits = [
      `${back}?code=x&state=wrong`,
      `${back}?code=x`,
      `${back}?state=${state}`,
      back.replace("callback", ""),
    ];
    for (const visit of visits) statuses.push((await fetch(visit)).status);
    statuses.push((await fetch(back, { method: "POST" })).status, (await fetch(url)).status);
  };
  await withUser(browser, async ({ context, fake }, { effects, browsed }) => {
    await login(context, effects);
    await browsed();
    assert.deepEqual(statuses, [400, 400, 400, 404, 404, 200]);
    assert.equal(fake.requests.filter(({ path }) => path === "/api/token").length, 1);
  });
});

test("an answer that comes twice exchanges its code once", () =>
  withSpotifyBench(async ({ context, fake, saved }) => {
    const attempt = loginAttempt(context);
    const early = await attempt.take(new URLSearchParams("code=x&state=y"));
    assert.deepEqual(early, { isOver: false, isOk: false, text: "No login waits for this." });
    const { searchParams } = new URL(await agree(await attempt.begin("http://127.0.0.1:8888/callback")));
    const steps = await Promise.all([attempt.take(searchParams), attempt.take(searchParams)]);
    const done = {
      isOver: true,
      isOk: true,
      text: "Done: Tonearm is logged in with Spotify. You can close this page.",
    };
    assert.deepEqual(steps, [done, done]);
    assert.deepEqual(await attempt.tokens, await saved());
    assert.equal(fake.requests.filter(({ path }) => path === "/api/token").length, 1);
  }));

test("a user who does not agree is not logged in", async () => {
  const pages: number[] = [];
  const browser: LoginEffects["openBrowser"] = async (url) => void pages.push((await fetch(url)).status);
  await withUser(browser, async ({ context, saved, fake }, { effects, browsed }) => {
    fake.state.isAgreeing = false;
    const { message, exitCode } = await failureOf(login(context, effects));
    await browsed();
    assert.equal(message, "Spotify did not log in. You did not agree.\n\nnpm run login begins again.");
    assert.deepEqual([exitCode, await saved(), pages], [1, null, [400]]);
  });
});

test("a code that Spotify does not take is an error, and the old login stays", async () => {
  const browser: LoginEffects["openBrowser"] = async (url) => void (await fetch(url));
  await withUser(browser, async ({ context, fake, saved }, { effects }) => {
    await login(context, effects);
    const before = await saved();
    fake.failNext("/api/token", { kind: "invalid_grant" });
    const { message } = await failureOf(login(context, effects));
    assert.match(message, /^Spotify does not take the code of this login: it was used already or is too old\n/);
    assert.deepEqual(await saved(), before);
    fake.failNext("/api/token", { kind: "reply", reply: { status: 400, body: { error: "invalid_client" } } });
    assert.ok((await failureOf(login(context, effects))) instanceof RefusedError);
    const body = { access_token: "planted-secret", token_type: "Bearer", expires_in: 3600 };
    fake.failNext("/api/token", { kind: "reply", reply: { status: 200, body } });
    assert.match((await failureOf(login(context, effects))).message, /there is no refresh token in it$/);
    assert.deepEqual(await saved(), before);
  });
});

test("a configured port is the callback's, and one that is taken is named", async () => {
  const taken = createServer();
  taken.listen(0, "127.0.0.1");
  await once(taken, "listening");
  const address = taken.address();
  assert.ok(address !== null && typeof address === "object");
  const { port } = address;
  const browser: LoginEffects["openBrowser"] = async (url) => void (await fetch(url));
  try {
    await withUser(browser, async ({ context }, { effects, shown, address: asked }) => {
      const chosen = { ...context, settings: { ...context.settings, redirectPort: port } };
      const { diagnostics } = await failureOf(login(chosen, effects));
      assert.deepEqual(diagnostics, [
        {
          path: "the var spotify_redirect_port",
          message: `is ${port}, a port the login cannot listen on (EADDRINUSE)`,
          hint: "Set a port that no other program has, or none: then a free one is found.",
        },
      ]);
      assert.deepEqual(shown, []);
      taken.close();
      await once(taken, "close");
      await login(chosen, effects);
      assert.equal(new URL(asked()).searchParams.get("redirect_uri"), `http://127.0.0.1:${port}/callback`);
    });
  } finally {
    taken.close();
  }
});
