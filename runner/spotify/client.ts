import * as z from "zod";

import { type HttpAnswer, placeOf } from "./send.ts";
import { sendWithinLimits } from "./send-within-limits.ts";
import type { Bucket, SpotifyContext } from "./spotify-context.ts";
import { LoginNeededError, RefusedError } from "./spotify-errors.ts";
import { loadTokens, tokenPath, type Tokens } from "./token-store.ts";

/** A request to the Web API: `path` below its base URL, `body` as JSON. */
export interface ApiRequest {
  readonly bucket: Bucket;
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** False when carrying it out twice does something else than once; true unless said. */
  readonly isRepeatable?: boolean;
  /** Refusals that are an answer to the one who asks, as 404, and not a RefusedError. */
  readonly expected?: readonly number[];
}

/** A granted or expected answer. */
export interface ApiAnswer {
  readonly status: number;
  readonly json: unknown;
  /** Host and path asked, for messages. */
  readonly place: string;
}

/** The Web API with a login. */
export interface SpotifyClient {
  readonly context: SpotifyContext;
  /** Throws LoginNeededError, BucketClosedError, RefusedError, UnreachableError; requests travel one after the other. */
  readonly request: (request: ApiRequest) => Promise<ApiAnswer>;
}

const refusal = z.object({ error: z.object({ message: z.string() }) });

/** An access token that ends within this time is renewed before it is used. */
const marginMs = 60_000;

/** A client for the login of a data folder; it reads the login anew for each request, so that a logout counts at once. */
export function spotifyClient(context: SpotifyContext): SpotifyClient {
  let last: Promise<unknown> = Promise.resolve();
  return {
    context,
    request(request) {
      const answer = last.then(() => requestNow(request, context));
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}

async function requestNow(request: ApiRequest, context: SpotifyContext): Promise<ApiAnswer> {
  const url = urlOf(request, context.settings.apiUrl);
  const saved = await savedTokens(context);
  const isStale = saved.expiresAt.getTime() - marginMs <= context.effects.now().getTime();
  let tokens = isStale ? await renew(context, saved) : saved;
  let answer = await sendWithinLimits(httpRequest(request, url, tokens), request.bucket, context);
  if (answer.status === 401) {
    tokens = await renew(context, tokens);
    answer = await sendWithinLimits(httpRequest(request, url, tokens), request.bucket, context);
  }
  const place = placeOf(url);
  const isGranted = answer.status >= 200 && answer.status < 300;
  if (isGranted || request.expected?.includes(answer.status) === true) {
    return { status: answer.status, json: answer.json, place };
  }
  throw new RefusedError(place, answer.status, reasonOf(answer, tokens));
}

async function savedTokens({ dataDir, settings }: SpotifyContext): Promise<Tokens> {
  const tokens = await loadTokens(dataDir);
  if (tokens === null) throw new LoginNeededError(tokenPath(dataDir), "there is no login with Spotify");
  if (tokens.clientId === settings.clientId) return tokens;
  throw new LoginNeededError(tokenPath(dataDir), "the login is of another app than spotify_client_id names");
}

async function renew(context: SpotifyContext, { accessToken }: Tokens): Promise<Tokens> {
  // Once an hour: the lock and the OAuth library stay out of all other polls.
  const { refreshTokens } = await import("./refresh-tokens.ts");
  return refreshTokens(context, accessToken);
}

function httpRequest(
  request: ApiRequest,
  url: string,
  { accessToken }: Tokens,
): Parameters<typeof sendWithinLimits>[0] {
  const { method, body, isRepeatable = true } = request;
  const headers = { authorization: `Bearer ${accessToken}`, accept: "application/json" };
  if (body === undefined) return { method, url, headers, body: null, isRepeatable };
  const json = { ...headers, "content-type": "application/json" };
  return { method, url, headers: json, body: JSON.stringify(body), isRepeatable };
}

function urlOf({ path, query }: ApiRequest, apiUrl: string): string {
  const search = new URLSearchParams(query).toString();
  return `${apiUrl}${path}${search === "" ? "" : `?${search}`}`;
}

/** Spotify's own words on one line, without any token that they may repeat. */
function reasonOf({ json }: HttpAnswer, { accessToken, refreshToken }: Tokens): string {
  const parsed = refusal.safeParse(json);
  if (!parsed.success) return "";
  const line = parsed.data.error.message.replace(/\s+/g, " ").slice(0, 500);
  return line.replaceAll(accessToken, "[redacted]").replaceAll(refreshToken, "[redacted]").slice(0, 200);
}
