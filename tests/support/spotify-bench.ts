import { type SpotifyClient, spotifyClient } from "../../runner/spotify/client.ts";
import type { SpotifyContext, SpotifyEvent } from "../../runner/spotify/spotify-context.ts";
import { loadTokens, saveTokens, type Tokens } from "../../runner/spotify/token-store.ts";
import { grantTokens } from "./fake-spotify-accounts.ts";
import { type FakeSpotify, withFakeSpotify } from "./fake-spotify.ts";
import { inScratchFolder } from "./scratch-folder.ts";

/** A client with a login, before a fake Spotify, with a clock that only sleeping and the test move. */
export interface SpotifyBench {
  readonly fake: FakeSpotify;
  readonly dataDir: string;
  readonly context: SpotifyContext;
  readonly client: SpotifyClient;
  /** The client's clock; the fake's follows it unless the test says otherwise. */
  readonly clock: { now: Date };
  /** Moves both clocks. */
  readonly pass: (ms: number) => void;
  /** How long the client slept, milliseconds, in order. */
  readonly slept: number[];
  readonly events: SpotifyEvent[];
  /** Method, path and query of the requests so far, then forgotten. */
  readonly takeRequests: () => readonly string[];
  /** The login on the disk. */
  readonly saved: () => Promise<Tokens | null>;
}

/** When all these tests begin. */
export const benchStart = new Date("2026-11-22T09:00:00.000Z");

export const benchScope = "user-read-recently-played playlist-read-private playlist-modify-private";

/** Runs a test with a bench whose user logged in at the start. */
export async function withSpotifyBench<T>(use: (bench: SpotifyBench) => Promise<T>): Promise<T> {
  const clock = { now: benchStart };
  return inScratchFolder((dataDir) =>
    withFakeSpotify(
      () => clock.now,
      async (fake) => {
        await saveTokens(dataDir, benchTokens(fake));
        return use(makeBench(fake, { dataDir, clock }));
      },
    ),
  );
}

/** A login of the fake that was made now. */
export function benchTokens(fake: FakeSpotify): Tokens {
  const authorizedAt = fake.state.now();
  const expiresAt = new Date(authorizedAt.getTime() + 3_600_000);
  const tokens = grantTokens(fake.state, { scope: benchScope, authorizedAt });
  return { ...tokens, clientId: fake.settings.clientId, authorizedAt, refreshedAt: authorizedAt, expiresAt };
}

function makeBench(
  fake: FakeSpotify,
  { dataDir, clock }: { readonly dataDir: string; readonly clock: { now: Date } },
): SpotifyBench {
  const slept: number[] = [];
  const events: SpotifyEvent[] = [];
  const pass = (ms: number): void => {
    clock.now = new Date(clock.now.getTime() + ms);
  };
  const effects: SpotifyContext["effects"] = {
    now: () => clock.now,
    sleep: (ms) => {
      slept.push(ms);
      pass(ms);
      return Promise.resolve();
    },
    random: () => 0.5,
    // A request ends when the fake says that it will not answer, instead of by a timer.
    timeout: () => {
      const controller = new AbortController();
      fake.onHang = () => controller.abort(new DOMException("The operation timed out", "TimeoutError"));
      return controller.signal;
    },
    tell: (event) => void events.push(event),
  };
  const context = { dataDir, settings: fake.settings, command: "tonearm test", runId: "test", effects };
  return {
    fake,
    dataDir,
    context,
    client: spotifyClient(context),
    clock,
    pass,
    slept,
    events,
    takeRequests: () => fake.requests.splice(0).map(({ method, path, query }) => renderRequest(method, path, query)),
    saved: () => loadTokens(dataDir),
  };
}

function renderRequest(method: string, path: string, query: URLSearchParams): string {
  return `${method} ${path}${query.size === 0 ? "" : `?${query.toString()}`}`;
}
