import { createHash } from "node:crypto";

import { groupBy } from "../raw-export.ts";
import {
  compareText,
  coveredYears,
  distinct,
  type ExpectedRow,
  milliseconds,
  minutes,
  mostFrequent,
  percentage,
  withoutLength,
  yearOf,
} from "./figures.ts";
import type { ListeningRows, TrackPlay } from "./listening-rows.ts";

type Kind = "artist" | "song" | "album";

interface Ranking {
  readonly column: string;
  readonly keyOf: (stream: TrackPlay) => string | null;
  /** Columns that name a key, from all streams of the life that have it. */
  readonly nameOf: (key: string, streams: readonly TrackPlay[], rows: ListeningRows) => ExpectedRow;
  readonly hasSongs: boolean;
}

const rankings = {
  artist: {
    column: "artist_key",
    keyOf: (stream) => stream.artist_key,
    nameOf: (_, streams) => ({ artist_name: mostFrequent(streams.map((stream) => stream.artist_name)) }),
    hasSongs: true,
  },
  song: {
    column: "song_id",
    keyOf: (stream) => stream.song_id,
    nameOf: (key, _, { songs }) => {
      const song = songs.get(key);
      return {
        track_id: song?.track_id ?? null,
        song_name: song?.song_name ?? null,
        artist_name: song?.artist_name ?? null,
        album_name: song?.album_name ?? null,
      };
    },
    hasSongs: false,
  },
  album: {
    column: "album_id",
    keyOf: albumId,
    nameOf: (_, streams) => {
      const pair = mostFrequent(streams.map((stream) => `${stream.album_name}\u0000${stream.artist_name}`));
      const [album = null, artist = null] = pair?.split("\u0000") ?? [];
      return { album_name: album, artist_name: artist };
    },
    hasSongs: true,
  },
} satisfies Record<Kind, Ranking>;

interface Ranked {
  readonly key: string | null;
  readonly minuteRank: number | null;
  readonly row: ExpectedRow;
}

/** top_artists, top_songs or top_albums. */
export function expectedTop(rows: ListeningRows, kind: Kind): readonly ExpectedRow[] {
  return rank(rows.streams, { ...rankings[kind], names: namesOf(rows, kind) }).map(({ row }) => row);
}

/** The same by year. */
export function expectedTopByYear(rows: ListeningRows, kind: Kind): readonly ExpectedRow[] {
  const years = coveredYears(rows);
  const byYear = groupBy(rows.streams, yearOf);
  const names = namesOf(rows, kind);
  let [before, yearBefore]: [ReadonlyMap<string | null, number | null>, number] = [new Map(), NaN];
  return [...byYear.keys()]
    .toSorted((left, right) => left - right)
    .flatMap((year) => {
      const ranked = rank(byYear.get(year) ?? [], { ...rankings[kind], names });
      const previous = yearBefore === year - 1 ? before : new Map<string | null, number | null>();
      [before, yearBefore] = [new Map(ranked.map(({ key, minuteRank }) => [key, minuteRank])), year];
      return ranked.map(({ key, row }) => ({
        listening_year: year,
        is_partial: years.get(year)?.isPartial ?? true,
        previous_rank_by_minutes: previous.get(key) ?? null,
        ...row,
      }));
    });
}

function namesOf(rows: ListeningRows, kind: Kind): ReadonlyMap<string | null, ExpectedRow> {
  const { keyOf, nameOf }: Ranking = rankings[kind];
  const nothing = Object.fromEntries(Object.keys(nameOf("", [], rows)).map((column) => [column, null]));
  return new Map(
    [...groupBy(rows.streams, keyOf)].map(([key, own]) => [key, key === null ? nothing : nameOf(key, own, rows)]),
  );
}

function rank(
  streams: readonly TrackPlay[],
  ranking: Omit<Ranking, "nameOf"> & { readonly names: ReadonlyMap<string | null, ExpectedRow> },
): readonly Ranked[] {
  const { column, keyOf, names, hasSongs } = ranking;
  const total = milliseconds(streams);
  const groups = [...groupBy(streams, keyOf)].map(([key, own]) => ({
    key,
    own,
    minutes: minutes(own),
    plays: own.length,
    last: Math.max(...own.map((stream) => stream.started_at)),
  }));
  type Group = (typeof groups)[number];
  const ties = (left: Group, right: Group) => right.last - left.last || compareText(left.key ?? "", right.key ?? "");
  const named = groups.filter(({ key }) => key !== null);
  const byMinutes = named.toSorted(
    (left, right) => right.minutes - left.minutes || right.plays - left.plays || ties(left, right),
  );
  const byStreams = named.toSorted(
    (left, right) => right.plays - left.plays || right.minutes - left.minutes || ties(left, right),
  );
  const streamRanks = new Map(byStreams.map((group, index) => [group, index + 1]));
  return [...byMinutes, ...groups.filter(({ key }) => key === null)].map((group, index) => ({
    key: group.key,
    minuteRank: group.key === null ? null : index + 1,
    row: {
      rank_by_minutes: group.key === null ? null : index + 1,
      rank_by_streams: streamRanks.get(group) ?? null,
      [column]: group.key,
      ...names.get(group.key),
      ...(hasSongs && { distinct_songs: distinct(group.own, (stream) => stream.song_id) }),
      stream_count: group.plays,
      minutes_played: group.minutes,
      plays_without_ms: withoutLength(group.own),
      minutes_percentage: percentage(milliseconds(group.own), total),
      first_started_at: Math.min(...group.own.map((stream) => stream.started_at)),
      last_started_at: group.last,
    },
  }));
}

/** The key of a stream's album: a digest of the title without marks of remastering, and of the artist. */
export function albumId(stream: TrackPlay): string | null {
  if (stream.album_name === null || stream.artist_key === null) return null;
  const title = normalised(withoutMarks(stream.album_name));
  return createHash("md5").update(`${title}|${stream.artist_key}`).digest("hex");
}

/** Letters, marks and digits without accents, in lower case; a title of nothing else keeps what it has. */
function normalised(name: string): string {
  const lower = name.toLowerCase();
  const bare = lower
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .normalize("NFC");
  return bare.replace(/[^\p{L}\p{M}\p{N}]+/gu, " ").trim() || lower.trim();
}

const guests = /\s*[([]\s*(feat|ft|featuring)[.\s][^)\]]*[)\]]|\s+(-\s+)?(feat\.|ft\.|featuring)\s.*$/gi;
const prefix = String.raw`((the|\d{4}|digital(ly)?|original|new|\d+(st|nd|rd|th)\s+anniversary)[\s/,;-]+)*`;
const mark = String.raw`(re-?master(ed)?|(single|album|lp|original|studio|mono|stereo)\s+version|mono|stereo|bonus\s+track)`;
const rest = String.raw`([\s/,;-]+|\d{4}|digital(ly)?|re-?master(ed)?|mono|stereo|single|version|edition|mix)*`;
const editions = new RegExp(String.raw`\s+[-–—([]+\s*${prefix}${mark}${rest}[)\]]?\s*$`, "i");

function withoutMarks(title: string): string {
  return title.replace(guests, "").replace(editions, "");
}
