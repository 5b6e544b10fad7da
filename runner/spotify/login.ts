import { withCallbackServer } from "./callback-server.ts";
import { type LoginAttempt, loginAttempt } from "./login-attempt.ts";
import { parseRedirect } from "./parse-redirect.ts";
import type { SpotifyContext } from "./spotify-context.ts";
import type { Tokens } from "./token-store.ts";

/** What Spotify's Developer Policy (III.13, III.14) and Terms say of what the API gives, said once at each login. */
export const policyNotice =
  "Spotify's Developer Policy forbids analysing what its API gives to derive metrics and training models on it, and its Terms ask\n" +
  "to delete it when you disconnect. Your privacy export is your own and the main road; what the API gives is kept apart.";

/** How a login speaks with its user. */
export interface LoginEffects {
  readonly print: (line: string) => void;
  /** Shows an address in the user's browser; may fail where there is none, as over ssh. */
  readonly openBrowser: (url: string) => Promise<void>;
  /** The next line the user types, null when no more can come; the signal ends the waiting when the browser was faster. */
  readonly readLine: (signal: AbortSignal) => Promise<string | null>;
}

/** Lets the user agree in the browser, or by pasting the address it ends at, and keeps the tokens; gives them back. */
export async function login(context: SpotifyContext, effects: LoginEffects): Promise<Tokens> {
  const attempt = loginAttempt(context);
  const options = { port: context.settings.redirectPort, onCallback: attempt.take };
  return withCallbackServer(options, async (redirectUri) => {
    const url = await attempt.begin(redirectUri);
    for (const line of instructions(url, redirectUri)) effects.print(line);
    const ended = new AbortController();
    const pasting = readPasted({ attempt, redirectUri, signal: ended.signal }, effects);
    // Without a browser the address that was printed is enough.
    void effects.openBrowser(url).catch(() => undefined);
    try {
      return await attempt.tokens;
    } finally {
      ended.abort();
      await pasting;
    }
  });
}

function instructions(url: string, redirectUri: string): readonly string[] {
  return [
    policyNotice,
    "",
    "Agree in the browser:",
    url,
    "",
    `It ends at ${redirectUri}?code=… If it cannot get there (over ssh), paste that address here and press Enter.`,
    `If Spotify speaks of the redirect URI: your app needs http://127.0.0.1/callback in its dashboard (it stands for any port).`,
  ];
}

async function readPasted(
  {
    attempt,
    redirectUri,
    signal,
  }: { readonly attempt: LoginAttempt; readonly redirectUri: string; readonly signal: AbortSignal },
  { print, readLine }: LoginEffects,
): Promise<void> {
  while (!signal.aborted) {
    const line = await readLine(signal).catch(() => null);
    if (line === null || signal.aborted) return;
    if (line.trim() === "") continue;
    const pasted = parseRedirect(line, redirectUri);
    if (!pasted.isRead) {
      print(pasted.reason);
      continue;
    }
    const { isOver, text } = await attempt.take(pasted.parameters);
    if (isOver) return;
    print(text);
  }
}
