import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { finished } from "node:stream/promises";

import { ProjectError } from "../diagnostics.ts";

/** What the browser shows: one sentence. */
export interface CallbackPage {
  readonly isOk: boolean;
  readonly text: string;
}

export interface CallbackOptions {
  /** Null: a free one. */
  readonly port: number | null;
  /** Told what the browser came with; the page waits for its answer. */
  readonly onCallback: (parameters: URLSearchParams) => Promise<CallbackPage>;
}

const path = "/callback";

/** Runs `use` with the address http://127.0.0.1:<port>/callback while the browser may come back to it; a ProjectError when the port is taken. */
export async function withCallbackServer<T>(
  { port, onCallback }: CallbackOptions,
  use: (redirectUri: string) => Promise<T>,
): Promise<T> {
  const answering = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const answered = answer(request, response, onCallback).catch(() => undefined);
    answering.add(answered);
  });
  const listeningPort = await listen(server, port);
  try {
    return await use(`http://127.0.0.1:${listeningPort}${path}`);
  } finally {
    await Promise.all(answering);
    server.close();
    // Browsers open connections in advance and never use them.
    server.closeAllConnections();
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  onCallback: CallbackOptions["onCallback"],
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  if (request.method === "GET" && url.pathname === path) {
    const { isOk, text } = await onCallback(url.searchParams);
    showPage(response, isOk ? 200 : 400, text);
  } else {
    showPage(response, 404, "There is nothing here.");
  }
  await finished(response);
}

async function listen(server: Server, port: number | null): Promise<number> {
  server.listen(port ?? 0, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const message = `is ${port}, a port the login cannot listen on (${code})`;
    const hint = "Set a port that no other program has, or none: then a free one is found.";
    throw new ProjectError([{ path: "the var spotify_redirect_port", message, hint }], 1, { cause: error });
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The callback server has no port.");
  return address.port;
}

function showPage(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
    connection: "close",
  });
  response.end(`<!doctype html><meta charset="utf-8"><title>Tonearm</title><p>${escapeHtml(text)}</p>\n`);
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
