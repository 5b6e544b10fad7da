/** A play that Spotify knows of: its end, when it shows up (at once unless said), and what it was played from. */
export interface FakePlay {
  /** Null for a file of the user's own. */
  readonly trackId: string | null;
  readonly playedAt: Date;
  readonly visibleFrom?: Date;
  readonly contextUri?: string;
}

export interface FakePlaylist {
  readonly id: string;
  readonly ownerId: string;
  name: string;
  description: string;
  isPublic: boolean;
  uris: string[];
}

/** A login that the user agreed to. */
export interface FakeGrant {
  readonly authorizedAt: Date;
  readonly scope: string;
  refreshToken: string;
  isRevoked: boolean;
}

/** Everything the fake knows; a test may change all of it at any time. */
export interface FakeState {
  /** The servers' clock, apart from the client's. */
  now: () => Date;
  readonly clientId: string;
  readonly userId: string;
  /** In any order; only the 50 newest that are visible exist. */
  plays: FakePlay[];
  /** Tracks that are not there any more. */
  readonly missingTracks: Set<string>;
  /** Asked id → the id of the track that Spotify answers with instead. */
  readonly relinkedTracks: Map<string, string>;
  /** False for an app made after 2024-11-27. */
  hasAudioFeatures: boolean;
  playlists: FakePlaylist[];
  /** Whether the user agrees when asked. */
  isAgreeing: boolean;
  /** Whether a refresh gives a new refresh token and ends the old one. */
  isRotating: boolean;
  readonly grants: FakeGrant[];
  /** Access token → its grant and end. */
  readonly accessTokens: Map<string, { readonly grant: FakeGrant; readonly expiresAt: Date }>;
  /** Authorization code → what it was asked for with. */
  readonly codes: Map<string, { readonly challenge: string; readonly redirectUri: string; readonly scope: string }>;
  /** Beginning of a path → until when every request of it is answered with the quota. */
  readonly bans: Map<string, Date>;
  /** Number of the next made thing, so that ids and tokens are never the same. */
  serial: number;
}

/** A state in which nobody has listened or logged in yet. */
export function fakeState(now: () => Date): FakeState {
  return {
    now,
    clientId: "0123456789abcdef0123456789abcdef",
    userId: "planted-user",
    plays: [],
    missingTracks: new Set(),
    relinkedTracks: new Map(),
    hasAudioFeatures: false,
    playlists: [],
    isAgreeing: true,
    isRotating: false,
    grants: [],
    accessTokens: new Map(),
    codes: new Map(),
    bans: new Map(),
    serial: 1,
  };
}

/** A text that no other call gives, of 22 letters and digits as Spotify's ids, telling what it is. */
export function makeId(state: FakeState, kind: string): string {
  return `${kind}${String(state.serial++).padStart(22 - kind.length, "0")}`;
}
