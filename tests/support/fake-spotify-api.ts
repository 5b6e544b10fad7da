import * as z from "zod";

import { featuresObject, playlistObject, playObject, trackObject } from "./fake-spotify-objects.ts";
import { visiblePlays } from "./fake-spotify-plays.ts";
import { apiError, type FakeReply, type FakeRequest } from "./fake-spotify-request.ts";
import { type FakePlaylist, type FakeState, makeId } from "./fake-spotify-state.ts";

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly scope: string | null;
  readonly answer: (request: FakeRequest, state: FakeState, id: string) => FakeReply;
}

const routes: readonly Route[] = [
  {
    method: "GET",
    path: /^\/v1\/me\/player\/recently-played$/,
    scope: "user-read-recently-played",
    answer: recentlyPlayed,
  },
  { method: "GET", path: /^\/v1\/tracks\/(\w+)$/, scope: null, answer: oneTrack },
  { method: "GET", path: /^\/v1\/audio-features\/(\w+)$/, scope: null, answer: features },
  { method: "GET", path: /^\/v1\/me$/, scope: null, answer: me },
  { method: "GET", path: /^\/v1\/me\/playlists$/, scope: "playlist-read-private", answer: listPlaylists },
  { method: "POST", path: /^\/v1\/me\/playlists$/, scope: "playlist-modify-private", answer: createPlaylist },
  { method: "PUT", path: /^\/v1\/playlists\/(\w+)\/items$/, scope: "playlist-modify-private", answer: changeItems },
  { method: "POST", path: /^\/v1\/playlists\/(\w+)\/items$/, scope: "playlist-modify-private", answer: changeItems },
];

/** Answers as api.spotify.com/v1, to those who have a token that counts; null for other paths. */
export function answerApi(request: FakeRequest, state: FakeState): FakeReply | null {
  const { method, path, authorization } = request;
  if (!path.startsWith("/v1/")) return null;
  const banned = [...state.bans].find(([start, until]) => path.startsWith(start) && state.now() < until);
  if (banned !== undefined) return quota(Math.ceil((banned[1].getTime() - state.now().getTime()) / 1000));
  const token = state.accessTokens.get(authorization?.replace(/^Bearer /, "") ?? "");
  if (token === undefined) return apiError(401, "Invalid access token");
  if (token.grant.isRevoked || token.expiresAt <= state.now()) return apiError(401, "The access token expired");
  const route = routes.find((it) => it.method === method && it.path.test(path));
  if (route === undefined) return apiError(404, "Service not found");
  const isAllowed = route.scope === null || token.grant.scope.split(" ").includes(route.scope);
  if (!isAllowed) return apiError(403, "Insufficient client scope");
  return route.answer(request, state, route.path.exec(path)?.[1] ?? "");
}

/** The daily quota is used up; nobody has seen one without Retry-After, but none is promised. */
export function quota(retryAfterSeconds: number | null): FakeReply {
  const headers = retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) };
  return { ...apiError(429, "Too many requests", { reason: "QUOTA_EXCEEDED" }), headers };
}

function recentlyPlayed({ query }: FakeRequest, state: FakeState): FakeReply {
  const limit = Number(query.get("limit") ?? 20);
  const after = query.get("after");
  const before = query.get("before");
  if (limit < 1 || limit > 50) return apiError(400, "Invalid limit");
  if (after !== null && before !== null) return apiError(400, "Only one of after and before can be given");
  const found = visiblePlays(state).filter(
    ({ playedAt }) =>
      playedAt.getTime() > Number(after ?? -1) && (before === null || playedAt.getTime() < Number(before)),
  );
  const page = after === null ? found.slice(0, limit) : found.slice(-limit);
  const href = `https://api.spotify.com/v1/me/player/recently-played?${query.toString()}`;
  const [newest, oldest] = [page.at(0)?.playedAt.getTime(), page.at(-1)?.playedAt.getTime()];
  if (newest === undefined) return { status: 200, body: { items: [], next: null, cursors: null, limit, href } };
  const cursor = after === null ? `before=${oldest}` : `after=${newest}`;
  const next = `https://api.spotify.com/v1/me/player/recently-played?${cursor}&limit=${limit}`;
  const cursors = { after: String(newest), before: String(oldest) };
  return { status: 200, body: { items: page.map(playObject), next, cursors, limit, href } };
}

function oneTrack(_: FakeRequest, state: FakeState, id: string): FakeReply {
  if (state.missingTracks.has(id)) return apiError(404, "Resource not found");
  return { status: 200, body: trackObject(state.relinkedTracks.get(id) ?? id) };
}

function features(_: FakeRequest, state: FakeState, id: string): FakeReply {
  if (!state.hasAudioFeatures) return apiError(403, "Forbidden");
  return state.missingTracks.has(id) ? apiError(404, "analysis not found") : { status: 200, body: featuresObject(id) };
}

function me(_: FakeRequest, { userId }: FakeState): FakeReply {
  const body = {
    display_name: userId,
    external_urls: { spotify: `https://open.spotify.com/user/${userId}` },
    href: `https://api.spotify.com/v1/users/${userId}`,
    id: userId,
    images: [],
    type: "user",
    uri: `spotify:user:${userId}`,
  };
  return { status: 200, body };
}

function listPlaylists({ query }: FakeRequest, { playlists }: FakeState): FakeReply {
  const limit = Number(query.get("limit") ?? 20);
  const offset = Number(query.get("offset") ?? 0);
  const at = (start: number): string => `https://api.spotify.com/v1/me/playlists?offset=${start}&limit=${limit}`;
  const body = {
    href: at(offset),
    items: playlists.slice(offset, offset + limit).map(playlistObject),
    limit,
    next: offset + limit < playlists.length ? at(offset + limit) : null,
    offset,
    previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
    total: playlists.length,
  };
  return { status: 200, body };
}

const newPlaylist = z.object({
  name: z.string().min(1),
  description: z.string().default(""),
  public: z.boolean().default(true),
});

function createPlaylist({ body }: FakeRequest, state: FakeState): FakeReply {
  const parsed = newPlaylist.safeParse(parseJson(body));
  if (!parsed.success) return apiError(400, "Missing required field: name");
  const { name, description, public: isPublic } = parsed.data;
  const made = { id: makeId(state, "playlist"), ownerId: state.userId, name, description, isPublic, uris: [] };
  state.playlists.unshift(made);
  const { items, ...rest } = playlistObject(made);
  const empty = { href: "", items: [], limit: 100, next: null, offset: 0, previous: null, total: 0 };
  return {
    status: 201,
    body: { ...rest, items: { ...empty, ...z.object({ href: z.string() }).parse(items), total: 0 } },
  };
}

const changedItems = z.object({ uris: z.array(z.string().regex(/^spotify:track:\w{22}$/)).max(100) });

function changeItems({ method, body }: FakeRequest, state: FakeState, id: string): FakeReply {
  const parsed = changedItems.safeParse(parseJson(body));
  const playlist: FakePlaylist | undefined = state.playlists.find((it) => it.id === id);
  if (playlist === undefined) return apiError(404, "Resource not found");
  if (playlist.ownerId !== state.userId) return apiError(403, "You do not own this playlist");
  if (!parsed.success) return apiError(400, "You can add a maximum of 100 tracks per request");
  playlist.uris = method === "PUT" ? parsed.data.uris : [...playlist.uris, ...parsed.data.uris];
  return { status: method === "PUT" ? 200 : 201, body: { snapshot_id: makeId(state, "snapshot") } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
