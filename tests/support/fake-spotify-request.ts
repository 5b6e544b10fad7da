import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** A request as the fake got it; `path` is below the fake's root, as /v1/me or /api/token. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | null;
  readonly contentType: string | null;
  readonly body: string;
}

/** What the fake answers; a body that is a text goes out as it is, anything else as JSON, undefined as nothing. */
export interface FakeReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Reads a request to its end. */
export async function readFakeRequest(request: IncomingMessage): Promise<FakeRequest> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    authorization: request.headers.authorization ?? null,
    contentType: request.headers["content-type"] ?? null,
    body: await text(request),
  };
}

/** An error as the Web API writes it. */
export function apiError(status: number, message: string, more: Readonly<Record<string, unknown>> = {}): FakeReply {
  return { status, body: { error: { status, message, ...more } } };
}
