import * as z from "zod";

import { ProjectError } from "../diagnostics.ts";
import type { SpotifyClient } from "./client.ts";
import { explainParsing } from "./explain-parsing.ts";
import { UnexpectedAnswerError } from "./spotify-errors.ts";
import { track } from "./track.ts";

/** All plays that Spotify keeps, and the largest page. */
export const mostPlays = 50;

/** One play: `playedAt` is its end, to the millisecond; the context is the album, playlist or artist it was played from. */
export type RecentPlay = Readonly<z.infer<typeof recentPlay>>;

/** What a poll brought, newest first and each play once. */
export interface RecentlyPlayed {
  readonly plays: readonly RecentPlay[];
  /** Rows that are no play of a track, counted from 1 in the order they came. */
  readonly rejected: readonly { readonly row: number; readonly reason: string }[];
  /** What ended the poll after its first page: what came before is whole and to be landed all the same. */
  readonly interruption: ProjectError | null;
}

export interface PollOptions {
  /** Only plays that ended after this; null for all that there are. */
  readonly after: Date | null;
  readonly pageSize?: number;
}

const recentPlay = z
  .object({
    track,
    played_at: z.iso.datetime(),
    context: z.object({ type: z.string().nullish(), uri: z.string().nullish() }).nullish(),
  })
  .transform(({ track: played, played_at: playedAt, context }) => ({
    track: played,
    playedAt: new Date(playedAt),
    contextType: context?.type ?? null,
    contextUri: context?.uri ?? null,
  }));

const page = z.object({ items: z.array(z.unknown()), next: z.string().nullish() });

type Query = Readonly<Record<string, string>>;

/** More pages than 50 plays can fill, one a page: a server that never ends is left. */
const mostPages = mostPlays + 2;

/** The plays that Spotify still has, page by page until no next one. */
export async function pollRecentlyPlayed(client: SpotifyClient, options: PollOptions): Promise<RecentlyPlayed> {
  const rows: unknown[] = [];
  try {
    for await (const items of pagesOf(client, options)) rows.push(...items);
  } catch (error) {
    if (rows.length === 0 || !(error instanceof ProjectError)) throw error;
    return { ...sortOut(rows), interruption: error };
  }
  return { ...sortOut(rows), interruption: null };
}

/** What makes a play the same one wherever it is met: its track, or the file's name in its URI, and its end. */
export function playKey({ track: { trackId, trackUri }, playedAt }: RecentPlay): string {
  return `${trackId ?? trackUri} ${playedAt.getTime()}`;
}

async function* pagesOf(
  client: SpotifyClient,
  { after, pageSize = mostPlays }: PollOptions,
): AsyncGenerator<unknown[]> {
  const start = after === null ? {} : { after: String(after.getTime()) };
  let query: Query | null = { limit: String(pageSize), ...start };
  for (let pages = 0; query !== null && pages < mostPages; pages++) {
    const { items, next } = await fetchPage(client, query);
    yield items;
    query = items.length === 0 ? null : nextQuery(next ?? null);
  }
}

async function fetchPage(client: SpotifyClient, query: Query): Promise<z.infer<typeof page>> {
  const path = "/me/player/recently-played";
  const { json, place } = await client.request({ bucket: "recently-played", method: "GET", path, query });
  const parsed = page.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnexpectedAnswerError(place, explainParsing(parsed.error));
}

/** The cursor of the next page; its host and path are not taken over, for the token goes to the API only. */
function nextQuery(next: string | null): Query | null {
  if (next === null || !URL.canParse(next)) return null;
  const given = new URL(next).searchParams;
  const cursor = ["after", "before"].find((name) => /^\d+$/.test(given.get(name) ?? ""));
  if (cursor === undefined) return null;
  const limit = given.get("limit") ?? String(mostPlays);
  return { limit, [cursor]: given.get(cursor) ?? "" };
}

function sortOut(rows: readonly unknown[]): Omit<RecentlyPlayed, "interruption"> {
  const plays = new Map<string, RecentPlay>();
  const rejected: { row: number; reason: string }[] = [];
  for (const [index, row] of rows.entries()) {
    const parsed = recentPlay.safeParse(row);
    if (parsed.success) plays.set(playKey(parsed.data), parsed.data);
    else rejected.push({ row: index + 1, reason: explainParsing(parsed.error) });
  }
  const newestFirst = [...plays.values()].toSorted((left, right) => right.playedAt.getTime() - left.playedAt.getTime());
  return { plays: newestFirst, rejected };
}
