import * as oauth from "oauth4webapi";

import { ProjectError } from "../diagnostics.ts";
import { authorizationServer, tokenEndpoint, tokenRequestOptions, tokenTrouble } from "./oauth-server.ts";
import { renewal } from "./refresh-tokens.ts";
import { placeOf } from "./send.ts";
import type { SpotifySettings } from "./settings.ts";
import type { SpotifyContext } from "./spotify-context.ts";
import { UnexpectedAnswerError } from "./spotify-errors.ts";
import type { Tokens } from "./token-store.ts";

/** What the warehouse asks to be allowed: to read the last plays, and to keep its own private playlists. */
export const scopes = ["user-read-recently-played", "playlist-read-private", "playlist-modify-private"] as const;

/** A login that waits for the user: the verifier and the state stay in this process. */
export interface PendingLogin {
  /** Where the user agrees. */
  readonly url: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly verifier: string;
}

/** What came back from the user: agreement, refusal, or the answer to another login, which is to be ignored. */
export type Callback =
  | { readonly kind: "granted"; readonly parameters: URLSearchParams }
  | { readonly kind: "denied"; readonly reason: string }
  | { readonly kind: "foreign"; readonly reason: string };

/** Begins a login by PKCE (S256) that comes back to `redirectUri`. */
export async function beginLogin(settings: SpotifySettings, redirectUri: string): Promise<PendingLogin> {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(`${settings.accountsUrl}/authorize`);
  url.search = new URLSearchParams({
    client_id: settings.clientId,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: scopes.join(" "),
    state,
    code_challenge_method: "S256",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  }).toString();
  return { url: url.href, redirectUri, state, verifier };
}

/** Reads what the browser came back with: only the answer to this very login counts, by its state. */
export function readCallback(
  parameters: URLSearchParams,
  { state }: PendingLogin,
  settings: SpotifySettings,
): Callback {
  const client = { client_id: settings.clientId };
  try {
    const checked = oauth.validateAuthResponse(authorizationServer(settings), client, parameters, state);
    if (checked.has("code")) return { kind: "granted", parameters: checked };
    return { kind: "foreign", reason: "It has no code." };
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError) {
      const reason = error.error === "access_denied" ? "You did not agree." : `Spotify says: ${error.error}.`;
      return { kind: "denied", reason };
    }
    if (!(error instanceof oauth.OperationProcessingError)) throw error;
    return { kind: "foreign", reason: "It belongs to another login: its state is not the one of this login." };
  }
}

/** Exchanges the code of an agreement for tokens; a ProjectError when Spotify does not take it. */
export async function exchangeCode(
  parameters: URLSearchParams,
  pending: PendingLogin,
  context: SpotifyContext,
): Promise<Tokens> {
  const { clientId, accountsUrl } = context.settings;
  const answer = await requestTokens(parameters, pending, context);
  const { refreshToken, ...tokens } = renewal(answer, context);
  if (refreshToken === undefined) {
    throw new UnexpectedAnswerError(placeOf(tokenEndpoint(accountsUrl)), "there is no refresh token in it");
  }
  return { scope: scopes.join(" "), ...tokens, refreshToken, clientId, authorizedAt: tokens.refreshedAt };
}

async function requestTokens(
  parameters: URLSearchParams,
  { redirectUri, verifier }: PendingLogin,
  context: SpotifyContext,
): Promise<oauth.TokenEndpointResponse> {
  const { settings } = context;
  const server = authorizationServer(settings);
  const client = { client_id: settings.clientId };
  const options = tokenRequestOptions(context);
  const grant = [server, client, oauth.None(), parameters, redirectUri, verifier, options] as const;
  try {
    const response = await oauth.authorizationCodeGrantRequest(...grant);
    return await oauth.processAuthorizationCodeResponse(server, client, response);
  } catch (error) {
    throw explainExchange(error, settings);
  }
}

function explainExchange(error: unknown, settings: SpotifySettings): unknown {
  if (!(error instanceof oauth.ResponseBodyError) || error.error !== "invalid_grant") {
    return tokenTrouble(error, settings);
  }
  const message = "does not take the code of this login: it was used already or is too old";
  return new ProjectError([{ path: "Spotify", message, hint: "Log in again: npm run login" }], 1);
}
