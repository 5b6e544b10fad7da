import type { SpotifySettings } from "./settings.ts";

/** Parts of the API that Spotify limits apart from each other; `accounts` is the token endpoint. */
export const buckets = ["recently-played", "tracks", "audio-features", "playlists", "accounts"] as const;

export type Bucket = (typeof buckets)[number];

/** What the client does besides answering, for journals and for people who wait. Times in milliseconds. */
export type SpotifyEvent =
  | { readonly kind: "retried"; readonly place: string; readonly trouble: string; readonly waitMs: number }
  | { readonly kind: "waited"; readonly bucket: Bucket; readonly waitMs: number }
  | { readonly kind: "closed"; readonly bucket: Bucket; readonly retryAt: Date }
  | { readonly kind: "refreshed"; readonly isRotated: boolean }
  | { readonly kind: "login_ended" };

/** Clock, waiting and chance, passed in so that tests decide them. */
export interface SpotifyEffects {
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** At least 0 and below 1, for the jitter between tries. */
  readonly random: () => number;
  /** A signal that ends a request without an answer after so many milliseconds. */
  readonly timeout: (ms: number) => AbortSignal;
  readonly tell: (event: SpotifyEvent) => void;
}

/** Whose tokens, which app, which servers, and who asks. */
export interface SpotifyContext {
  readonly dataDir: string;
  readonly settings: SpotifySettings;
  /** What the holder of the lock is called while tokens change, e.g. "tonearm ingest". */
  readonly command: string;
  readonly runId: string;
  readonly effects: SpotifyEffects;
}
