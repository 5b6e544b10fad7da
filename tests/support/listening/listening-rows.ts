import * as z from "zod";

import { withDuckDB } from "../../../runner/warehouse/duckdb.ts";
import { localClock } from "../raw-figures.ts";

const text = z.string();
const count = z.number().int();
const day = z.date().transform((date) => date.toISOString().slice(0, 10));
const moment = z.date().transform((date) => date.getTime());

const streamRow = z.object({ play_id: text });
const trackPlayRow = z.object({
  play_id: text,
  song_id: text.nullable(),
  artist_key: text.nullable(),
  artist_name: text.nullable(),
  album_name: text.nullable(),
  started_at: moment,
  listening_date: day,
  hour_of_day: count,
  day_of_week: count,
  ms_played: count.nullable(),
  is_stream: z.boolean(),
  is_skipped: z.boolean().nullable(),
});
const playRow = z.object({
  play_id: text,
  media_type: text,
  ms_played: count.nullable(),
  is_stream: z.boolean(),
  is_skipped: z.boolean().nullable(),
  is_shuffle: z.boolean().nullable(),
  platform: text.nullable(),
  reason_start: text.nullable(),
});
const songRow = z.object({
  song_id: text,
  track_id: text.nullable(),
  song_name: text.nullable(),
  artist_name: text.nullable(),
  album_name: text.nullable(),
});
const sessionRow = z.object({ session_id: text, started_at: moment, length_minutes: z.number() });
const placeRow = z.object({ play_id: text, session_id: text });
const coveredRow = z.object({ covered_date: day, is_complete: z.boolean() });
const platformRow = z.object({ precedence: count, pattern: text, platform_family: text });
const thresholdRow = z.object({ threshold: text, value: count });

export type Play = z.infer<typeof playRow>;

/** A play of a track with its local time, and what silver.plays alone knows of it. */
export type TrackPlay = z.infer<typeof trackPlayRow> & Omit<Play, "media_type">;

/** A session with its local year and its plays. */
export interface Session {
  readonly startedAt: number;
  readonly year: number;
  readonly lengthMinutes: number;
  readonly plays: readonly Play[];
}

/** What the listening family is made of, as rows of the warehouse; nothing here is counted or joined by SQL. */
export interface ListeningRows {
  /** Plays of tracks of any length. */
  readonly trackPlays: readonly TrackPlay[];
  /** Those of them that gold counts. */
  readonly streams: readonly TrackPlay[];
  readonly songs: ReadonlyMap<string, z.infer<typeof songRow>>;
  readonly sessions: readonly Session[];
  /** Covered local days in order; whether a source tells of all of it. */
  readonly coveredDays: ReadonlyMap<string, boolean>;
  readonly platforms: readonly z.infer<typeof platformRow>[];
  readonly loyaltyMinStreams: number;
}

/** Reads the rows out of a built warehouse. */
export async function readListeningRows(path: string, timeZone: string): Promise<ListeningRows> {
  return withDuckDB({ path, readOnly: true }, async (database) => {
    const connection = await database.connect();
    const read = async <T>(relation: string, row: z.ZodType<T>): Promise<readonly T[]> =>
      z.array(row).parse(await connection.query(`select * from ${relation}`));
    const plays = new Map((await read("silver.plays", playRow)).map((play) => [play.play_id, play]));
    const described = await read("silver.listening_with_features", trackPlayRow);
    const trackPlays = described.map((row) => ({ ...found(plays, row.play_id), ...row }));
    const counted = new Set((await read("gold.streams", streamRow)).map((row) => row.play_id));
    const places = await read("silver.play_sessions", placeRow);
    const sessions = sessionsOf(await read("silver.sessions", sessionRow), { places, plays, timeZone });
    const songs = await read("silver.songs", songRow);
    const thresholds = await read("seeds.listening_thresholds", thresholdRow);
    return {
      trackPlays,
      streams: trackPlays.filter((play) => counted.has(play.play_id)),
      songs: new Map(songs.map((song) => [song.song_id, song])),
      sessions,
      coveredDays: coveredDaysOf(await read("silver.covered_days", coveredRow)),
      platforms: await read("seeds.platforms", platformRow),
      loyaltyMinStreams: thresholds.find((row) => row.threshold === "loyalty_min_streams")?.value ?? NaN,
    };
  });
}

function sessionsOf(
  rows: readonly z.infer<typeof sessionRow>[],
  from: {
    readonly places: readonly z.infer<typeof placeRow>[];
    readonly plays: ReadonlyMap<string, Play>;
    readonly timeZone: string;
  },
): readonly Session[] {
  const clock = localClock(from.timeZone);
  const plays = new Map<string, Play[]>(rows.map((row) => [row.session_id, []]));
  for (const place of from.places) found(plays, place.session_id).push(found(from.plays, place.play_id));
  return rows.map((row) => ({
    startedAt: row.started_at,
    year: clock(row.started_at).year,
    lengthMinutes: row.length_minutes,
    plays: found(plays, row.session_id),
  }));
}

function coveredDaysOf(rows: readonly z.infer<typeof coveredRow>[]): ReadonlyMap<string, boolean> {
  const days = new Map<string, boolean>();
  for (const row of rows.toSorted((left, right) => (left.covered_date < right.covered_date ? -1 : 1))) {
    days.set(row.covered_date, row.is_complete || days.get(row.covered_date) === true);
  }
  return days;
}

function found<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`There is no row ${String(key)}.`);
  return value;
}
