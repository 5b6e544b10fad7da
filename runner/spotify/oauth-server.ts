import * as oauth from "oauth4webapi";

import { placeOf } from "./send.ts";
import { sendWithinLimits } from "./send-within-limits.ts";
import type { SpotifySettings } from "./settings.ts";
import type { SpotifyContext } from "./spotify-context.ts";
import { RefusedError, UnexpectedAnswerError } from "./spotify-errors.ts";

/** Where Spotify asks the user, and where it gives tokens. */
export function authorizationServer({ accountsUrl }: SpotifySettings): oauth.AuthorizationServer {
  return {
    issuer: accountsUrl,
    authorization_endpoint: `${accountsUrl}/authorize`,
    token_endpoint: tokenEndpoint(accountsUrl),
  };
}

/** URL of the token endpoint. */
export function tokenEndpoint(accountsUrl: string): string {
  return `${accountsUrl}/api/token`;
}

/** How token requests travel: with our tries and limits; in the clear only where the settings allow it, on this machine. */
export function tokenRequestOptions(context: SpotifyContext): oauth.TokenEndpointRequestOptions {
  return {
    [oauth.allowInsecureRequests]: context.settings.accountsUrl.startsWith("http:"),
    [oauth.customFetch]: async (url, { headers, body }) => {
      const request = { method: "POST", url, headers, body: body.toString(), isRepeatable: true } as const;
      const { status, headers: answered, text } = await sendWithinLimits(request, "accounts", context);
      return new Response(text === "" ? null : text, { status, headers: answered });
    },
  };
}

/** An error of the OAuth library as one of ours: its causes hold tokens and codes, so only its own code goes on. */
export function tokenTrouble(error: unknown, { accountsUrl }: SpotifySettings): unknown {
  const place = placeOf(tokenEndpoint(accountsUrl));
  if (error instanceof oauth.ResponseBodyError) return new RefusedError(place, error.status, error.error);
  if (error instanceof oauth.WWWAuthenticateChallengeError) return new RefusedError(place, error.status, "");
  if (error instanceof Error && error.cause instanceof Response && !error.cause.ok) {
    return new RefusedError(place, error.cause.status, "");
  }
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
    return new UnexpectedAnswerError(place, error.code ?? error.name);
  }
  return error;
}
