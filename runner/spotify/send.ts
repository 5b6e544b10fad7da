import type { SpotifyEffects } from "./spotify-context.ts";
import { UnreachableError } from "./spotify-errors.ts";

/** One HTTP request; `isRepeatable` is false when carrying it out twice does something else than once. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly isRepeatable: boolean;
}

/** A whole answer; `json` is undefined when its body is empty or, of a refusal, no JSON. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

type Attempt =
  | { readonly isWhole: true; readonly answer: HttpAnswer }
  | { readonly isWhole: false; readonly trouble: string };

const tries = 3;
const timeoutMs = 30_000;
const firstPauseMs = 1000;

/** Sends a request until a whole answer below 500 comes, 3 times with growing pauses; an UnreachableError says what came instead. */
export async function send(request: HttpRequest, effects: SpotifyEffects): Promise<HttpAnswer> {
  const allowed = request.isRepeatable ? tries : 1;
  for (let tried = 1; ; tried++) {
    const attempt = await attemptOnce(request, effects);
    if (attempt.isWhole) return attempt.answer;
    if (tried === allowed) throw new UnreachableError(placeOf(request.url), attempt.trouble, tried);
    const waitMs = pauseMs(tried, effects.random());
    effects.tell({ kind: "retried", place: placeOf(request.url), trouble: attempt.trouble, waitMs });
    await effects.sleep(waitMs);
  }
}

/** What may be shown of a URL: its host and its path without ids, for what was listened to enters no log and no error. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname.replace(/(?<=\/)[0-9A-Za-z]{22}(?=\/|$)/g, "…")}`;
}

/** Doubles from try to try; the jitter keeps processes that failed together from coming back together. */
function pauseMs(tried: number, random: number): number {
  const full = firstPauseMs * 2 ** (tried - 1);
  return Math.round(full / 2 + (random * full) / 2);
}

async function attemptOnce(request: HttpRequest, effects: SpotifyEffects): Promise<Attempt> {
  const { method, url, headers, body } = request;
  try {
    const signal = effects.timeout(timeoutMs);
    const response = await fetch(url, { method, headers, body, signal, redirect: "manual" });
    return readAnswer(response.status, response.headers, await response.text());
  } catch (error) {
    const trouble = networkTrouble(error);
    if (trouble === undefined) throw error;
    return { isWhole: false, trouble };
  }
}

function readAnswer(status: number, headers: Headers, text: string): Attempt {
  if (status >= 500) return { isWhole: false, trouble: `answered ${status}` };
  const isRefusal = status >= 300;
  try {
    return { isWhole: true, answer: { status, headers, text, json: text === "" ? undefined : JSON.parse(text) } };
  } catch {
    // Proxies refuse in HTML; what Spotify grants is JSON.
    if (isRefusal) return { isWhole: true, answer: { status, headers, text, json: undefined } };
    return { isWhole: false, trouble: "answered with JSON that is cut short" };
  }
}

/** What went wrong on the way, without what was sent; undefined for an error that is not of the network. */
function networkTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "TimeoutError" || error.name === "AbortError") {
    return `gave no answer within ${timeoutMs / 1000} s`;
  }
  const { cause } = error;
  if (!(error instanceof TypeError) || !(cause instanceof Error)) return undefined;
  if (cause.name === "TimeoutError" || cause.name === "AbortError") return networkTrouble(cause);
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
  return `could not be reached: the connection failed (${code})`;
}
