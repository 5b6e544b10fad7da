import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";

import type { SpotifySettings } from "../../runner/spotify/settings.ts";
import { answerAccounts } from "./fake-spotify-accounts.ts";
import { answerApi, quota } from "./fake-spotify-api.ts";
import { apiError, type FakeReply, type FakeRequest, readFakeRequest } from "./fake-spotify-request.ts";
import { type FakeState, fakeState } from "./fake-spotify-state.ts";
import { loadSpotifyContract, type SpotifyContract } from "./spotify-contract.ts";

/**
 * How a request goes wrong. `reset`, `cut` and `hang` happen on the way: before Spotify did anything, or with `isDone` after it did all of
 * it. `truncate` is a whole answer with half its JSON, `cut` a connection that breaks in the middle of an answer.
 */
export type FakeFault =
  | { readonly kind: "rate"; readonly retryAfterSeconds: number | null }
  | { readonly kind: "quota"; readonly retryAfterSeconds: number | null }
  | { readonly kind: "status"; readonly status: number; readonly text?: string }
  | { readonly kind: "unauthorized" }
  | { readonly kind: "invalid_grant" }
  | { readonly kind: "reset" | "cut" | "hang" | "truncate"; readonly isDone?: boolean }
  | { readonly kind: "reply"; readonly reply: FakeReply };

/** A server that speaks as accounts.spotify.com and api.spotify.com do, and fails as it is told. */
export interface FakeSpotify {
  readonly url: string;
  readonly settings: SpotifySettings;
  /** The settings as vars, for processes that read them from their environment as TONEARM_<VAR>. */
  readonly vars: Readonly<Record<string, string>>;
  readonly state: FakeState;
  /** Every request, in the order they came; those that failed too. */
  readonly requests: FakeRequest[];
  /** Everything that was not as Spotify's OpenAPI file has it. */
  readonly violations: string[];
  /** Makes the next requests whose path begins so fail, one a fault. */
  readonly failNext: (pathStart: string, ...faults: readonly FakeFault[]) => void;
  /** Decides for each request that `failNext` leaves alone whether it fails. */
  chooseFault: (request: FakeRequest) => FakeFault | null;
  /** Keeps a request waiting before anything is done with it. */
  hold: (request: FakeRequest) => Promise<void>;
  /** Told when a request is left without an answer. */
  onHang: () => void;
}

interface Queued {
  readonly pathStart: string;
  readonly fault: FakeFault;
}

/** Runs `use` with a fake that nobody has logged in to yet, and fails when anything was against Spotify's OpenAPI file. */
export async function withFakeSpotify<T>(now: () => Date, use: (fake: FakeSpotify) => Promise<T>): Promise<T> {
  const queue: Queued[] = [];
  const contract = await loadSpotifyContract();
  const server = createServer((request, response) => {
    void readFakeRequest(request)
      .then((asked) => serve(asked, response, { fake, queue, contract }))
      // The client went away in the middle of its request.
      .catch((error: unknown) => {
        if (!(error instanceof Error && "code" in error && error.code === "ECONNRESET"))
          fake.violations.push(String(error));
        response.destroy();
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The fake has no port.");
  const fake = makeFake(`http://127.0.0.1:${address.port}`, { now, queue });
  try {
    const result = await use(fake);
    if (fake.violations.length > 0) throw new Error(`Against the contract:\n${fake.violations.join("\n")}`);
    return result;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function makeFake(url: string, { now, queue }: { readonly now: () => Date; readonly queue: Queued[] }): FakeSpotify {
  const state = fakeState(now);
  const settings = { clientId: state.clientId, accountsUrl: url, apiUrl: `${url}/v1`, redirectPort: null };
  return {
    url,
    settings,
    vars: {
      spotify_client_id: settings.clientId,
      spotify_accounts_url: settings.accountsUrl,
      spotify_api_url: settings.apiUrl,
    },
    state,
    requests: [],
    violations: [],
    failNext: (pathStart, ...faults) => void queue.push(...faults.map((fault) => ({ pathStart, fault }))),
    chooseFault: () => null,
    hold: () => Promise.resolve(),
    onHang: () => undefined,
  };
}

interface Serving {
  readonly fake: FakeSpotify;
  readonly queue: Queued[];
  readonly contract: SpotifyContract | null;
}

async function serve(
  request: FakeRequest,
  response: ServerResponse,
  { fake, queue, contract }: Serving,
): Promise<void> {
  fake.requests.push(request);
  await fake.hold(request);
  const isApi = request.path.startsWith("/v1/");
  const check = isApi ? contract : null;
  fake.violations.push(...(check?.checkRequest(request) ?? []).map((trouble) => `${nameOf(request)}: ${trouble}`));
  const at = queue.findIndex(({ pathStart }) => request.path.startsWith(pathStart));
  const fault = at === -1 ? fake.chooseFault(request) : (queue.splice(at, 1)[0]?.fault ?? null);
  const isSkipped = fault !== null && !("isDone" in fault && fault.isDone) && fault.kind !== "truncate";
  const replied = fault === null ? null : faultReply(fault);
  const reply = replied ?? (isSkipped ? null : answer(request, fake.state));
  if (reply !== null) {
    // What a test has it say outright is not the fake's own answer.
    const isTold = fault?.kind === "reply" || fault?.kind === "status";
    const troubles = isTold ? [] : (check?.checkReply(request, reply) ?? []);
    fake.violations.push(...troubles.map((trouble) => `the answer to ${nameOf(request)}: ${trouble}`));
  }
  respond(reply ?? { status: 200, body: {} }, response, { kind: replied === null ? fault?.kind : undefined, fake });
}

function answer(request: FakeRequest, state: FakeState): FakeReply {
  return answerAccounts(request, state) ?? answerApi(request, state) ?? { status: 404, body: "Not found" };
}

/** The answer of a fault that has one of its own. */
function faultReply(fault: FakeFault): FakeReply | null {
  if (fault.kind === "reply") return fault.reply;
  if (fault.kind === "quota") return quota(fault.retryAfterSeconds);
  if (fault.kind === "status") return { status: fault.status, body: fault.text ?? "<html>Trouble</html>" };
  if (fault.kind === "unauthorized") return apiError(401, "The access token expired");
  if (fault.kind === "invalid_grant") {
    return { status: 400, body: { error: "invalid_grant", error_description: "Refresh token revoked" } };
  }
  if (fault.kind !== "rate") return null;
  const { retryAfterSeconds: seconds } = fault;
  const headers = seconds === null ? {} : { "retry-after": String(seconds) };
  return { ...apiError(429, "API rate limit exceeded"), headers };
}

function respond(
  { status, headers = {}, body }: FakeReply,
  response: ServerResponse,
  { kind, fake }: { readonly kind: FakeFault["kind"] | undefined; readonly fake: FakeSpotify },
): void {
  if (kind === "hang") {
    fake.onHang();
    return;
  }
  if (kind === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  const isText = typeof body === "string";
  const whole = body === undefined ? "" : isText ? body : JSON.stringify(body);
  const half = whole.slice(0, Math.floor(whole.length / 2));
  const type = isText ? "text/html; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(status, {
    "content-type": type,
    ...(kind === "cut" && { "content-length": "1000000" }),
    ...headers,
  });
  if (kind === "cut") response.write(half, () => response.socket?.resetAndDestroy());
  else response.end(kind === "truncate" ? half : whole);
}

function nameOf({ method, path, query }: FakeRequest): string {
  return `${method} ${path}?${query.toString()}`;
}
