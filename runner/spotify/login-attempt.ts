import { ProjectError } from "../diagnostics.ts";
import { beginLogin, exchangeCode, type PendingLogin, readCallback } from "./authorization.ts";
import type { CallbackPage } from "./callback-server.ts";
import type { SpotifyContext } from "./spotify-context.ts";
import { withTokenLock } from "./token-lock.ts";
import { saveTokens, type Tokens } from "./token-store.ts";

/** The page for what came back; `isOver` when it ended the login, well or badly. */
export interface LoginStep extends CallbackPage {
  readonly isOver: boolean;
}

/** One login from its beginning to the tokens, whichever way its answer comes. */
export interface LoginAttempt {
  /** Gives the address at which the user agrees. */
  readonly begin: (redirectUri: string) => Promise<string>;
  /** Takes what came back; what ends the login settles `tokens`, anything else only gets its page. */
  readonly take: (parameters: URLSearchParams) => Promise<LoginStep>;
  readonly tokens: Promise<Tokens>;
}

const done = { isOver: true, isOk: true, text: "Done: Tonearm is logged in with Spotify. You can close this page." };
const failed = { isOver: true, isOk: false, text: "The login failed; the terminal says why." };
const unexpected = { isOver: false, isOk: false, text: "No login waits for this." };

/** A login that has not begun; its tokens are on the disk before `tokens` gives them. */
export function loginAttempt(context: SpotifyContext): LoginAttempt {
  let pending: PendingLogin | null = null;
  let exchange: Promise<Tokens> | null = null;
  let settle: (outcome: Promise<Tokens>) => void = () => undefined;
  const tokens = new Promise<Tokens>((resolve) => (settle = resolve));
  return {
    tokens,
    async begin(redirectUri) {
      pending = await beginLogin(context.settings, redirectUri);
      return pending.url;
    },
    async take(parameters) {
      if (pending === null) return unexpected;
      const callback = readCallback(parameters, pending, context.settings);
      if (callback.kind === "foreign") return { isOver: false, isOk: false, text: callback.reason };
      // The first answer decides; a page that is loaded again shows the same.
      exchange ??= callback.kind === "granted" ? keepTokens(callback.parameters, pending, context) : refuse(callback);
      settle(exchange);
      return exchange.then(
        () => done,
        () => failed,
      );
    },
  };
}

async function keepTokens(
  parameters: URLSearchParams,
  pending: PendingLogin,
  context: SpotifyContext,
): Promise<Tokens> {
  const tokens = await exchangeCode(parameters, pending, context);
  await withTokenLock(context, () => saveTokens(context.dataDir, tokens));
  return tokens;
}

function refuse({ reason }: { readonly reason: string }): Promise<never> {
  const hint = "npm run login begins again.";
  return Promise.reject(new ProjectError([{ path: "Spotify", message: `did not log in. ${reason}`, hint }], 1));
}
