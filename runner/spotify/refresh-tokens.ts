import * as oauth from "oauth4webapi";

import { loginEndedText, noteLoginEnded } from "./login-ended.ts";
import { authorizationServer, tokenEndpoint, tokenRequestOptions, tokenTrouble } from "./oauth-server.ts";
import { placeOf } from "./send.ts";
import type { SpotifyContext } from "./spotify-context.ts";
import { LoginNeededError, UnexpectedAnswerError } from "./spotify-errors.ts";
import { withTokenLock } from "./token-lock.ts";
import { loadTokens, removeTokens, saveTokens, tokenPath, tokenText, type Tokens } from "./token-store.ts";

/**
 * New tokens in place of those with a stale access token: another process's, if it was faster, or fresh ones, which are on the disk
 * before anyone uses them. A refresh token that Spotify no longer takes is dropped with a LoginNeededError.
 */
export async function refreshTokens(context: SpotifyContext, staleAccessToken: string): Promise<Tokens> {
  return withTokenLock(context, async () => {
    const tokens = await loadTokens(context.dataDir);
    if (tokens === null) throw new LoginNeededError(tokenPath(context.dataDir), "there is no login with Spotify");
    if (tokens.accessToken !== staleAccessToken) return tokens;
    const answer = await requestTokens(tokens, context);
    const renewed = { ...tokens, ...renewal(answer, context) };
    await saveTokens(context.dataDir, renewed);
    context.effects.tell({ kind: "refreshed", isRotated: renewed.refreshToken !== tokens.refreshToken });
    return renewed;
  });
}

/** What an answer of the token endpoint changes of a login; without a refresh token the old one stays. */
export function renewal(
  answer: oauth.TokenEndpointResponse,
  { settings, effects }: SpotifyContext,
): Pick<Tokens, "accessToken" | "refreshedAt" | "expiresAt"> & Partial<Pick<Tokens, "refreshToken" | "scope">> {
  const { access_token: access, refresh_token: refresh, expires_in: seconds, scope } = answer;
  if (![access, refresh ?? access].every((text) => tokenText.safeParse(text).success)) {
    throw new UnexpectedAnswerError(placeOf(tokenEndpoint(settings.accountsUrl)), "the token is no text of a header");
  }
  const refreshedAt = effects.now();
  return {
    accessToken: access,
    refreshedAt,
    expiresAt: new Date(refreshedAt.getTime() + (seconds ?? 3600) * 1000),
    ...(refresh !== undefined && { refreshToken: refresh }),
    ...(scope !== undefined && { scope }),
  };
}

async function requestTokens(tokens: Tokens, context: SpotifyContext): Promise<oauth.TokenEndpointResponse> {
  const server = authorizationServer(context.settings);
  const client = { client_id: tokens.clientId };
  try {
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      oauth.None(),
      tokens.refreshToken,
      tokenRequestOptions(context),
    );
    return await oauth.processRefreshTokenResponse(server, client, response);
  } catch (error) {
    const isOver = error instanceof oauth.ResponseBodyError && error.error === "invalid_grant";
    if (!isOver) throw tokenTrouble(error, context.settings);
    await removeTokens(context.dataDir);
    await noteLoginEnded(context.dataDir, context.effects.now());
    context.effects.tell({ kind: "login_ended" });
    throw new LoginNeededError("Spotify", loginEndedText);
  }
}
