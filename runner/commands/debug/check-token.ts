import { loginEnd } from "../../spotify/login-end.ts";
import { readLoginEnded } from "../../spotify/login-ended.ts";
import { refreshTokens } from "../../spotify/refresh-tokens.ts";
import { loadTokens } from "../../spotify/token-store.ts";
import { openSpotify } from "../spotify-context.ts";
import { type Check, look, off, ok, wrong } from "./finding.ts";

const again = "npm run login";

/** Whether there is a login with Spotify that works: one whose access token has run out is renewed. */
export const checkToken: Check = async ({ loaded, effects }) => {
  const { project, dataDir, notice } = loaded;
  if ((project.vars["spotify_client_id"] ?? null) === null || notice !== null)
    return [off("no app is set, so Spotify is not asked")];
  const tokens = await loadTokens(dataDir);
  if (tokens === null) {
    const ended = await readLoginEnded(dataDir);
    return [wrong(ended === null ? "there is no login with Spotify" : "the login with Spotify has ended", again)];
  }
  const context = openSpotify(loaded, "tonearm debug", effects);
  if (tokens.clientId !== context.settings.clientId)
    return [wrong("the login is of another app than spotify_client_id names", again)];
  if (tokens.expiresAt <= effects.now()) await refreshTokens(context, tokens.accessToken);
  const { daysLeft, endsAt, isNear } = loginEnd(tokens.authorizedAt, effects.now());
  const text = `the login works, until ${endsAt.toISOString().slice(0, 10)} (${daysLeft} days)`;
  return [isNear ? look(text, again) : ok(text)];
};
