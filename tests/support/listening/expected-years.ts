import { groupBy } from "../raw-export.ts";
import {
  coveredYears,
  daysOfNews,
  distinct,
  type ExpectedRow,
  milliseconds,
  minutes,
  rounded,
  withoutLength,
  yearOf,
} from "./figures.ts";
import { albumId, expectedTopByYear } from "./expected-rankings.ts";
import { skipFigures } from "./expected-plays.ts";
import type { ListeningRows, TrackPlay } from "./listening-rows.ts";

/** yearly_review. */
export function expectedYears(rows: ListeningRows): readonly ExpectedRow[] {
  const byYear = groupBy(rows.streams, yearOf);
  const tops = topsOf(rows);
  const years = coveredYears(rows);
  return [...years].map(([year, { covered, isPartial }]) => {
    const streams = covered === 0 ? null : (byYear.get(year) ?? []);
    const before = years.get(year - 1);
    const [now, then] = [minutes(byYear.get(year) ?? []), minutes(byYear.get(year - 1) ?? [])];
    const areWhole = !isPartial && before?.isPartial === false;
    return {
      listening_year: year,
      is_partial: isPartial,
      covered_days: covered,
      ...streamFigures(streams, covered),
      ...playFigures(rows, year, covered > 0),
      ...newsOf(rows, year),
      ...tops.get(year),
      minutes_change_percentage: areWhole && then > 0 ? rounded(100 * (now / then - 1)) : null,
    };
  });
}

function streamFigures(streams: readonly TrackPlay[] | null, covered: number): ExpectedRow {
  const days = [...groupBy(streams ?? [], (stream) => stream.listening_date)].map(([date, own]) => ({ date, own }));
  const [busiest] = days.toSorted(
    (left, right) =>
      milliseconds(right.own) - milliseconds(left.own) ||
      right.own.length - left.own.length ||
      (left.date < right.date ? 1 : -1),
  );
  return {
    active_days: streams && days.length,
    stream_count: streams && streams.length,
    minutes_played: streams && minutes(streams),
    plays_without_ms: streams && withoutLength(streams),
    minutes_per_covered_day: streams && rounded(milliseconds(streams) / 60_000 / covered),
    distinct_artists: streams && distinct(streams, (stream) => stream.artist_key),
    distinct_songs: streams && distinct(streams, (stream) => stream.song_id),
    distinct_albums: streams && distinct(streams, albumId),
    busiest_date: busiest?.date ?? null,
    busiest_date_minutes: busiest === undefined ? null : minutes(busiest.own),
  };
}

function playFigures(rows: ListeningRows, year: number, isCovered: boolean): ExpectedRow {
  const skips = skipFigures(rows.trackPlays.filter((play) => yearOf(play) === year));
  return {
    session_count: isCovered ? rows.sessions.filter((session) => session.year === year).length : null,
    play_count: isCovered ? (skips["play_count"] ?? null) : null,
    plays_with_skip_known: isCovered ? (skips["plays_with_skip_known"] ?? null) : null,
    skip_count: isCovered ? (skips["skip_count"] ?? null) : null,
    skip_percentage: skips["skip_percentage"] ?? null,
  };
}

/** Artists and songs whose first stream lies in the year, if all of its covered days can tell. */
function newsOf(rows: ListeningRows, year: number): ExpectedRow {
  const news = daysOfNews(rows);
  const days = [...rows.coveredDays.keys()].filter((day) => Number(day.slice(0, 4)) === year);
  if (days.length === 0 || days.some((day) => !news.has(day))) return { new_artists: null, new_songs: null };
  const firstYears = (keyOf: (stream: TrackPlay) => string | null) =>
    [...groupBy(rows.streams, keyOf)].filter(
      ([key, streams]) => key !== null && Math.min(...streams.map(yearOf)) === year,
    ).length;
  return {
    new_artists: firstYears((stream) => stream.artist_key),
    new_songs: firstYears((stream) => stream.song_id),
  };
}

function topsOf(rows: ListeningRows): ReadonlyMap<number, ExpectedRow> {
  const first = (kind: "artist" | "song" | "album") =>
    new Map(
      expectedTopByYear(rows, kind)
        .filter((row) => row["rank_by_minutes"] === 1)
        .map((row) => [row["listening_year"], row]),
    );
  const [artists, songs, albums] = [first("artist"), first("song"), first("album")];
  return new Map(
    [...coveredYears(rows).keys()].map((year) => [
      year,
      {
        top_artist_name: artists.get(year)?.["artist_name"] ?? null,
        top_song_name: songs.get(year)?.["song_name"] ?? null,
        top_song_artist_name: songs.get(year)?.["artist_name"] ?? null,
        top_album_name: albums.get(year)?.["album_name"] ?? null,
        top_album_artist_name: albums.get(year)?.["artist_name"] ?? null,
      },
    ]),
  );
}
