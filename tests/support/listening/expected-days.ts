import { groupBy } from "../raw-export.ts";
import {
  dayAfter,
  daysFrom,
  daysOfNews,
  distinct,
  everyDay,
  type ExpectedRow,
  milliseconds,
  minutes,
  mostFrequent,
  percentage,
  withoutLength,
  yearOf,
} from "./figures.ts";
import type { ListeningRows, TrackPlay } from "./listening-rows.ts";

const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** listening_calendar. */
export function expectedCalendar(rows: ListeningRows): readonly ExpectedRow[] {
  const byDay = groupBy(rows.streams, (stream) => stream.listening_date);
  const covered = [...rows.coveredDays.keys()];
  return everyDay(covered[0] ?? "", covered.at(-1) ?? "").map((date) => {
    const weekday = new Date(date).getUTCDay();
    return {
      date,
      listening_year: Number(date.slice(0, 4)),
      ...isoWeek(date),
      day_of_week: weekday + 1,
      day_name: dayNames[weekday] ?? "",
      is_weekend: weekday === 0 || weekday === 6,
      is_complete: rows.coveredDays.get(date) ?? null,
      ...dayFigures(rows.coveredDays.has(date) ? (byDay.get(date) ?? []) : null),
    };
  });
}

function dayFigures(streams: readonly TrackPlay[] | null): ExpectedRow {
  return {
    stream_count: streams?.length ?? null,
    minutes_played: streams && minutes(streams),
    plays_without_ms: streams && withoutLength(streams),
    distinct_artists: streams && distinct(streams, (stream) => stream.artist_key),
    distinct_songs: streams && distinct(streams, (stream) => stream.song_id),
  };
}

/** The week that holds the day's Thursday. */
function isoWeek(date: string): ExpectedRow {
  const thursday = dayAfter(date, 3 - ((new Date(date).getUTCDay() + 6) % 7));
  const year = Number(thursday.slice(0, 4));
  return { iso_year: year, iso_week: Math.floor(daysFrom(`${year}-01-01`, thursday) / 7) + 1 };
}

/** streaks. */
export function expectedStreaks(rows: ListeningRows): readonly ExpectedRow[] {
  const byDay = groupBy(rows.streams, (stream) => stream.listening_date);
  const lastCovered = [...rows.coveredDays.keys()].at(-1) ?? "";
  const isSilent = (day: string) => rows.coveredDays.get(day) === true && !byDay.has(day);
  const streaks: string[][] = [];
  for (const day of [...byDay.keys()].toSorted()) {
    const current = streaks.at(-1);
    if (current !== undefined && current.at(-1) === dayAfter(day, -1)) current.push(day);
    else streaks.push([day]);
  }
  const described = streaks.map((days) => {
    const streams = days.flatMap((day) => byDay.get(day) ?? []);
    const [first = "", last = ""] = [days[0], days.at(-1)];
    const next = dayAfter(last);
    return {
      first_date: first,
      last_date: last,
      days: days.length,
      stream_count: streams.length,
      minutes_played: minutes(streams),
      plays_without_ms: withoutLength(streams),
      is_start_known: isSilent(dayAfter(first, -1)),
      is_end_known: isSilent(next),
      is_current: last === lastCovered || (next === lastCovered && rows.coveredDays.get(next) === false),
    };
  });
  return described
    .toSorted(
      (left, right) =>
        right.days - left.days ||
        right.minutes_played - left.minutes_played ||
        right.stream_count - left.stream_count ||
        daysFrom(left.first_date, right.first_date),
    )
    .map((streak, index) => ({ ...streak, rank_by_days: index + 1 }));
}

/** discovery. */
export function expectedDiscovery(rows: ListeningRows): readonly ExpectedRow[] {
  const news = daysOfNews(rows);
  const covered = groupBy(rows.coveredDays.keys(), monthOf);
  const byMonth = groupBy(rows.streams, (stream) => monthOf(stream.listening_date));
  const [known, seen] = [[...covered.keys()].toSorted(), new Set<string>()];
  return everyDay(known[0] ?? "", known.at(-1) ?? "")
    .filter((day) => day.endsWith("-01"))
    .map((month) => {
      const days = covered.get(month) ?? [];
      const streams = byMonth.get(month) ?? [];
      const areNews = days.length > 0 && days.every((day) => news.has(day));
      const fresh = freshIn(streams, seen);
      return {
        listening_month: month,
        covered_days: days.length,
        is_partial:
          days.length < new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate(),
        ...dayFigures(days.length === 0 ? null : streams),
        new_artists: areNews ? fresh.artists : null,
        new_songs: areNews ? fresh.songs.size : null,
        new_song_streams: areNews ? fresh.streams : null,
        new_song_percentage: areNews ? percentage(fresh.streams, streams.length) : null,
      };
    });
}

/** What of a month's streams was never seen before; remembers it. */
function freshIn(streams: readonly TrackPlay[], seen: Set<string>) {
  const isFresh = (key: string) => !seen.has(key);
  const artists = new Set(
    streams.flatMap(({ artist_key: key }) => (key === null ? [] : `artist ${key}`)).filter(isFresh),
  );
  const songs = new Set(streams.flatMap(({ song_id: id }) => (id === null ? [] : `song ${id}`)).filter(isFresh));
  for (const key of [...artists, ...songs]) seen.add(key);
  const count = streams.filter((stream) => songs.has(`song ${stream.song_id}`)).length;
  return { artists: artists.size, songs, streams: count };
}

function monthOf(day: string): string {
  return `${day.slice(0, 7)}-01`;
}

/** artist_loyalty; its rows stand in the order of top_artists. */
export function expectedLoyalty(rows: ListeningRows): readonly ExpectedRow[] {
  const news = daysOfNews(rows);
  const numbers = new Map([...rows.coveredDays.keys()].map((day, index) => [day, index]));
  return [...groupBy(rows.streams, (stream) => stream.artist_key)].flatMap(([key, streams]) => {
    if (key === null || streams.length < rows.loyaltyMinStreams) return [];
    const days = [...new Set(streams.map((stream) => stream.listening_date))].toSorted();
    const [first = "", last = ""] = [days[0], days.at(-1)];
    const best = bestYear(streams);
    return {
      artist_key: key,
      artist_name: mostFrequent(streams.map((stream) => stream.artist_name)),
      stream_count: streams.length,
      minutes_played: minutes(streams),
      plays_without_ms: withoutLength(streams),
      first_date: first,
      is_first_known: news.has(first),
      last_date: last,
      active_days: days.length,
      active_months: new Set(days.map(monthOf)).size,
      active_years: new Set(days.map((day) => day.slice(0, 4))).size,
      ...longestAbsence(days, numbers),
      days_since_last: numbers.size - 1 - (numbers.get(last) ?? NaN),
      best_year: best.year,
      best_year_streams: best.plays,
      best_year_percentage: percentage(best.plays, streams.length),
    };
  });
}

function longestAbsence(days: readonly string[], numbers: ReadonlyMap<string, number>): ExpectedRow {
  let [longest, after]: [number | null, string | null] = [null, null];
  for (const [index, day] of days.entries()) {
    const before = days[index - 1];
    if (before === undefined) continue;
    const absence = (numbers.get(day) ?? NaN) - (numbers.get(before) ?? NaN) - 1;
    if (absence > 0 && absence >= (longest ?? 0)) after = before;
    longest = Math.max(longest ?? 0, absence);
  }
  return { longest_absence_days: longest, longest_absence_after: after };
}

function bestYear(streams: readonly TrackPlay[]): { readonly year: number; readonly plays: number } {
  const years = [...groupBy(streams, yearOf)].map(([year, own]) => ({
    year,
    plays: own.length,
    ms: milliseconds(own),
  }));
  const [best] = years.toSorted(
    (left, right) => right.plays - left.plays || right.ms - left.ms || right.year - left.year,
  );
  return best ?? { year: NaN, plays: 0 };
}
