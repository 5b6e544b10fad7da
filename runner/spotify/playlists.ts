import * as z from "zod";

import type { ApiRequest, SpotifyClient } from "./client.ts";
import { explainParsing } from "./explain-parsing.ts";
import { UnexpectedAnswerError, UnreachableError } from "./spotify-errors.ts";

/** A playlist of the user's own. */
export interface Playlist {
  readonly id: string;
  readonly name: string;
  readonly uri: string;
  /** Empty where it has none; Spotify writes some signs in it as HTML does. */
  readonly description: string;
}

const playlist = z.object({
  id: z.string(),
  name: z.string(),
  uri: z.string(),
  description: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
});
const playlistPage = z.object({
  items: z.array(playlist.extend({ owner: z.object({ id: z.string() }) })),
  next: z.string().nullish(),
});
const user = z.object({ id: z.string() });

const pageSize = 50;

/** Spotify keeps up to 11,000 playlists a user. */
const mostPages = 220;

/** The playlists the user owns, not those of others they follow. */
export async function listOwnPlaylists(client: SpotifyClient): Promise<readonly Playlist[]> {
  const { id: userId } = await ask(client, { method: "GET", path: "/me" }, user);
  const own: Playlist[] = [];
  for (let page = 0; page < mostPages; page++) {
    const query = { limit: String(pageSize), offset: String(page * pageSize) };
    const { items, next } = await ask(client, { method: "GET", path: "/me/playlists", query }, playlistPage);
    const owned = items.filter(({ owner }) => owner.id === userId);
    own.push(...owned.map(({ id, name, uri, description }) => ({ id, name, uri, description })));
    if ((next ?? null) === null) break;
  }
  return own;
}

/**
 * Makes a private playlist. When its answer is lost, the playlist of that name which was not there before is taken for it, so that no
 * second one is made.
 */
export async function createPrivatePlaylist(
  client: SpotifyClient,
  { name, description }: { readonly name: string; readonly description: string },
): Promise<Playlist> {
  const before = new Set((await listOwnPlaylists(client)).map(({ id }) => id));
  const body = { name, description, public: false };
  const request = { method: "POST", path: "/me/playlists", body, isRepeatable: false } as const;
  return repeatWhole(client, async () => {
    try {
      return await ask(client, request, playlist);
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      const made = (await listOwnPlaylists(client)).find((own) => own.name === name && !before.has(own.id));
      if (made === undefined) throw error;
      return made;
    }
  });
}

/** Sends a request of the playlists' bucket and parses its answer. */
export async function ask<T>(
  client: SpotifyClient,
  request: Omit<ApiRequest, "bucket">,
  schema: z.ZodType<T>,
): Promise<T> {
  const { json, place } = await client.request({ ...request, bucket: "playlists" });
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnexpectedAnswerError(place, explainParsing(parsed.error));
}

const tries = 3;

/** Runs steps that are safe only as a whole again when an answer was lost, up to 3 times. */
export async function repeatWhole<T>({ context }: SpotifyClient, steps: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await steps();
    } catch (error) {
      if (!(error instanceof UnreachableError) || tried === tries) throw error;
      await context.effects.sleep(1000 * 2 ** tried * (0.5 + context.effects.random() / 2));
    }
  }
}
