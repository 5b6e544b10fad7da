import { createHash } from "node:crypto";

import type { FakeReply, FakeRequest } from "./fake-spotify-request.ts";
import type { FakeGrant, FakeState } from "./fake-spotify-state.ts";

/** How long an access token counts, seconds. */
const lifeSeconds = 3600;

/** Answers as accounts.spotify.com: authorize and token; null for other paths. */
export function answerAccounts(request: FakeRequest, state: FakeState): FakeReply | null {
  if (request.method === "GET" && request.path === "/authorize") return authorize(request.query, state);
  if (request.method !== "POST" || request.path !== "/api/token") return null;
  if (request.contentType?.startsWith("application/x-www-form-urlencoded") !== true) {
    return oauthError("invalid_request");
  }
  const form = new URLSearchParams(request.body);
  if (form.get("client_id") !== state.clientId) return oauthError("invalid_client");
  if (form.get("grant_type") === "authorization_code") return exchange(form, state);
  return form.get("grant_type") === "refresh_token" ? refresh(form, state) : oauthError("unsupported_grant_type");
}

/** Makes a login without the browser, as if the user had agreed at that time; gives what the token endpoint would have given. */
export function grantTokens(
  state: FakeState,
  { scope, authorizedAt }: { readonly scope: string; readonly authorizedAt: Date },
): { readonly accessToken: string; readonly refreshToken: string; readonly scope: string } {
  const grant = { authorizedAt, scope, refreshToken: secret(state, "refresh"), isRevoked: false };
  state.grants.push(grant);
  return { accessToken: makeAccessToken(grant, state), refreshToken: grant.refreshToken, scope };
}

function authorize(query: URLSearchParams, state: FakeState): FakeReply {
  const redirectUri = query.get("redirect_uri") ?? "";
  if (query.get("client_id") !== state.clientId) return { status: 400, body: "INVALID_CLIENT: Invalid client" };
  if (!isRegistered(redirectUri)) return { status: 400, body: "INVALID_CLIENT: Invalid redirect URI" };
  const back = new URL(redirectUri);
  const challenge = query.get("code_challenge") ?? "";
  const isPkce = query.get("code_challenge_method") === "S256" && /^[\w-]{43}$/.test(challenge);
  back.searchParams.set("state", query.get("state") ?? "");
  if (query.get("response_type") !== "code" || !isPkce) back.searchParams.set("error", "invalid_request");
  else if (!state.isAgreeing) back.searchParams.set("error", "access_denied");
  else {
    const code = secret(state, "code");
    state.codes.set(code, { challenge, redirectUri, scope: query.get("scope") ?? "" });
    back.searchParams.set("code", code);
  }
  return { status: 302, headers: { location: back.href }, body: undefined };
}

/** The app's redirect URI is http://127.0.0.1/callback, for which any port counts; `localhost` never does. */
function isRegistered(redirectUri: string): boolean {
  if (!URL.canParse(redirectUri)) return false;
  const { protocol, hostname, pathname } = new URL(redirectUri);
  return protocol === "http:" && hostname === "127.0.0.1" && pathname === "/callback";
}

function exchange(form: URLSearchParams, state: FakeState): FakeReply {
  const code = form.get("code") ?? "";
  const asked = state.codes.get(code);
  state.codes.delete(code);
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  if (asked?.challenge !== challenge || asked.redirectUri !== form.get("redirect_uri")) {
    return oauthError("invalid_grant");
  }
  const { accessToken, refreshToken, scope } = grantTokens(state, { scope: asked.scope, authorizedAt: state.now() });
  return tokens({ access_token: accessToken, refresh_token: refreshToken, scope });
}

function refresh(form: URLSearchParams, state: FakeState): FakeReply {
  const grant = state.grants.find(({ refreshToken }) => refreshToken === form.get("refresh_token"));
  if (grant === undefined || grant.isRevoked || isOver(grant, state.now())) return oauthError("invalid_grant");
  if (state.isRotating) grant.refreshToken = secret(state, "refresh");
  return tokens({
    access_token: makeAccessToken(grant, state),
    scope: grant.scope,
    ...(state.isRotating && { refresh_token: grant.refreshToken }),
  });
}

/** A login counts for six months, whatever was refreshed. */
function isOver({ authorizedAt }: FakeGrant, now: Date): boolean {
  const end = new Date(authorizedAt);
  end.setUTCMonth(end.getUTCMonth() + 6);
  return now >= end;
}

function makeAccessToken(grant: FakeGrant, state: FakeState): string {
  const token = secret(state, "access");
  state.accessTokens.set(token, { grant, expiresAt: new Date(state.now().getTime() + lifeSeconds * 1000) });
  return token;
}

/** Every secret of the fake begins so: a test looks for this text where none may be. */
function secret(state: FakeState, kind: string): string {
  return `planted-secret-${kind}-${state.serial++}`;
}

function tokens(body: Readonly<Record<string, string>>): FakeReply {
  return { status: 200, body: { ...body, token_type: "Bearer", expires_in: lifeSeconds } };
}

function oauthError(error: string): FakeReply {
  return { status: 400, body: { error, error_description: error } };
}
