import type { FakePlay, FakePlaylist } from "./fake-spotify-state.ts";

type Json = Readonly<Record<string, unknown>>;

/** A track as the Web API shows it since February 2026; everything about it follows from its id. */
export function trackObject(id: string): Json {
  const artists = [artistObject(`artist${id.slice(6)}`, `Artist of ${id}`)];
  return {
    album: {
      album_type: "album",
      artists,
      external_urls: { spotify: `https://open.spotify.com/album/album${id.slice(5)}` },
      href: `https://api.spotify.com/v1/albums/album${id.slice(5)}`,
      id: `album${id.slice(5)}`,
      images: [{ height: 64, url: "https://i.scdn.co/image/0", width: 64 }],
      name: `Album of ${id}`,
      release_date: "1999-05",
      release_date_precision: "month",
      total_tracks: 12,
      type: "album",
      uri: `spotify:album:album${id.slice(5)}`,
    },
    artists,
    disc_number: 1,
    duration_ms: 207_960,
    explicit: false,
    external_ids: { isrc: "DEA123456789" },
    external_urls: { spotify: `https://open.spotify.com/track/${id}` },
    href: `https://api.spotify.com/v1/tracks/${id}`,
    id,
    is_local: false,
    name: `Track ${id}`,
    track_number: 3,
    type: "track",
    uri: `spotify:track:${id}`,
  };
}

/** A row of recently-played; whole seconds are written without milliseconds, as Spotify sometimes does. */
export function playObject({ trackId, playedAt, contextUri }: FakePlay): Json {
  return {
    track: trackId === null ? localTrack : trackObject(trackId),
    played_at: playedAt.toISOString().replace(".000Z", "Z"),
    context: contextUri === undefined ? null : contextObject(contextUri),
  };
}

/** A playlist as POST /me/playlists answers, and as a row of GET /me/playlists. */
export function playlistObject({ id, ownerId, name, description, isPublic, uris }: FakePlaylist): Json {
  const href = `https://api.spotify.com/v1/playlists/${id}`;
  return {
    collaborative: false,
    description,
    external_urls: { spotify: `https://open.spotify.com/playlist/${id}` },
    href,
    id,
    images: [],
    name,
    owner: {
      display_name: ownerId,
      external_urls: { spotify: `https://open.spotify.com/user/${ownerId}` },
      href: `https://api.spotify.com/v1/users/${ownerId}`,
      id: ownerId,
      type: "user",
      uri: `spotify:user:${ownerId}`,
    },
    public: isPublic,
    snapshot_id: `snapshot-of-${id}`,
    items: { href: `${href}/items`, total: uris.length },
    type: "playlist",
    uri: `spotify:playlist:${id}`,
  };
}

/** Audio features of a track as old apps get them. */
export function featuresObject(id: string): Json {
  return {
    danceability: 0.5,
    energy: 0.25,
    key: -1,
    loudness: -6.5,
    mode: 1,
    speechiness: 0.125,
    acousticness: 0.0625,
    instrumentalness: 0,
    liveness: 0.75,
    valence: 1,
    tempo: 120.5,
    type: "audio_features",
    id,
    uri: `spotify:track:${id}`,
    track_href: `https://api.spotify.com/v1/tracks/${id}`,
    analysis_url: `https://api.spotify.com/v1/audio-analysis/${id}`,
    duration_ms: 207_960,
    time_signature: 4,
  };
}

function artistObject(id: string, name: string): Json {
  return {
    external_urls: { spotify: `https://open.spotify.com/artist/${id}` },
    href: `https://api.spotify.com/v1/artists/${id}`,
    id,
    name,
    type: "artist",
    uri: `spotify:artist:${id}`,
  };
}

function contextObject(uri: string): Json {
  const [, type = "", id = ""] = uri.split(":");
  return {
    type,
    external_urls: { spotify: `https://open.spotify.com/${type}/${id}` },
    href: `https://api.spotify.com/v1/${type}s/${id}`,
    uri,
  };
}

const localTrack: Json = {
  album: {
    album_type: null,
    artists: [],
    available_markets: [],
    external_urls: {},
    href: null,
    id: null,
    images: [],
    name: "Demo Tape",
    release_date: null,
    release_date_precision: null,
    type: "album",
    uri: null,
  },
  artists: [{ external_urls: {}, href: null, id: null, name: "The Neighbours", type: "artist", uri: null }],
  available_markets: [],
  disc_number: 0,
  duration_ms: 181_000,
  explicit: false,
  external_ids: {},
  external_urls: {},
  href: null,
  id: null,
  is_local: true,
  name: "Garage",
  popularity: 0,
  preview_url: null,
  track_number: 0,
  type: "track",
  uri: "spotify:local:The+Neighbours:Demo+Tape:Garage:181",
};
