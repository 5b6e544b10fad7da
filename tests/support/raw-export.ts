import { text } from "node:stream/consumers";

import { openPromise } from "yauzl";
import * as z from "zod";

export type MediaType = "track" | "episode" | "audiobook" | "unknown";

/** One row of an extended streaming history, read without any SQL; times are Unix milliseconds. */
export interface RawPlay {
  readonly mediaType: MediaType;
  readonly uri: string | null;
  readonly trackId: string | null;
  readonly trackName: string | null;
  readonly artistName: string | null;
  readonly endedAt: number;
  readonly msPlayed: number;
  readonly reasonEnd: string | null;
  readonly isPrivate: boolean;
  readonly isOffline: boolean;
  readonly offlineAt: number | null;
  /** The whole row as canonical JSON: equal texts are exact copies. */
  readonly text: string;
  /** What must never be landed: user name, addresses, user agent. */
  readonly personal: readonly string[];
}

/** Plays that remain, and the rows that were copies of one of them. */
export interface Reconciled {
  readonly kept: readonly RawPlay[];
  readonly exactCopies: readonly RawPlay[];
  readonly nearCopies: readonly RawPlay[];
}

const historyName = /(^|\/)(Streaming_History_(Audio|Video)_[^/]*|endsong_\d+|endvideo)\.json$/;
const nearMilliseconds = 2000;

const optionalText = z.string().nullish();
const rowSchema = z.looseObject({
  ts: z.iso.datetime(),
  ms_played: z.number(),
  spotify_track_uri: optionalText,
  spotify_episode_uri: optionalText,
  audiobook_uri: optionalText,
  audiobook_chapter_uri: optionalText,
  master_metadata_track_name: optionalText,
  master_metadata_album_artist_name: optionalText,
  reason_end: optionalText,
  offline: z.boolean().nullish(),
  offline_timestamp: z.number().nullish(),
  incognito_mode: z.boolean().nullish(),
  username: optionalText,
  ip_addr: optionalText,
  ip_addr_decrypted: optionalText,
  user_agent_decrypted: optionalText,
});

/** Every row of the streaming-history files in an export's zip, as they stand. */
export async function readRawExport(zipPath: string): Promise<readonly RawPlay[]> {
  const zip = await openPromise(zipPath);
  const plays: RawPlay[] = [];
  for await (const entry of zip.eachEntry()) {
    if (!historyName.test(entry.fileName)) continue;
    const rows = z.array(rowSchema).parse(JSON.parse(await text(await zip.openReadStreamPromise(entry))));
    for (const row of rows) plays.push(toRawPlay(row));
  }
  return plays;
}

/** The rule of facts/spotify.md §2, quirk 2: rows of one (ts, uri) whose offline timestamps are within 2 s, or missing. */
export function dropCopies(plays: readonly RawPlay[]): Reconciled {
  const groups = groupBy(plays, (play) => `${play.endedAt} ${play.uri ?? play.text}`);
  const [kept, exactCopies, nearCopies]: [RawPlay[], RawPlay[], RawPlay[]] = [[], [], []];
  for (const group of groups.values()) {
    for (const copies of copiesOfOnePlay(group)) {
      const [longest, ...others] = copies.toSorted((left, right) => right.msPlayed - left.msPlayed);
      if (longest === undefined) continue;
      kept.push(longest);
      for (const copy of others) (copy.text === longest.text ? exactCopies : nearCopies).push(copy);
    }
  }
  return { kept, exactCopies, nearCopies };
}

/** Items by key, in the order in which they came (Map.groupBy is not in Node 20). */
export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function copiesOfOnePlay(group: readonly RawPlay[]): readonly (readonly RawPlay[])[] {
  const dated = group.filter((play) => play.offlineAt !== null);
  const undated = group.filter((play) => play.offlineAt === null);
  const clusters: RawPlay[][] = [];
  let previous = -Infinity;
  for (const play of dated.toSorted((left, right) => (left.offlineAt ?? 0) - (right.offlineAt ?? 0))) {
    const current = play.offlineAt ?? 0;
    if (current - previous <= nearMilliseconds) clusters.at(-1)?.push(play);
    else clusters.push([play]);
    previous = current;
  }
  const [first = [], ...others] = clusters;
  return [[...first, ...undated], ...others].filter((cluster) => cluster.length > 0);
}

function toRawPlay(row: z.infer<typeof rowSchema>): RawPlay {
  const trackUri = row.spotify_track_uri ?? null;
  const audiobookUri = row.audiobook_chapter_uri ?? row.audiobook_uri ?? null;
  const personal = [row.username, row.ip_addr, row.ip_addr_decrypted, row.user_agent_decrypted];
  return {
    mediaType: mediaTypeOf(row),
    uri: trackUri ?? row.spotify_episode_uri ?? audiobookUri,
    trackId: trackUri?.split(":").at(-1) ?? null,
    trackName: row.master_metadata_track_name ?? null,
    artistName: row.master_metadata_album_artist_name ?? null,
    endedAt: Date.parse(row.ts),
    msPlayed: row.ms_played,
    reasonEnd: row.reason_end ?? null,
    isPrivate: row.incognito_mode === true,
    isOffline: row.offline === true,
    offlineAt: offlineInstant(row.offline_timestamp),
    text: JSON.stringify(Object.entries(row).toSorted(([left], [right]) => (left < right ? -1 : 1))),
    personal: personal.filter((value) => typeof value === "string" && value.length > 0).map(String),
  };
}

function mediaTypeOf(row: z.infer<typeof rowSchema>): MediaType {
  if (row.spotify_track_uri) return "track";
  if (row.spotify_episode_uri) return "episode";
  return row.audiobook_uri || row.audiobook_chapter_uri ? "audiobook" : "unknown";
}

/** Milliseconds until autumn 2022, seconds afterwards, 0 and null for none. */
function offlineInstant(value: number | null | undefined): number | null {
  if (value === null || value === undefined || value === 0) return null;
  return value > 1e11 ? value : value * 1000;
}
