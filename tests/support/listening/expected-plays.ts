import { groupBy } from "../raw-export.ts";
import {
  compareText,
  coveredYears,
  distinct,
  type ExpectedRow,
  lowerMedian,
  milliseconds,
  minutes,
  percentage,
  rounded,
  sum,
  withoutLength,
  yearOf,
} from "./figures.ts";
import type { ListeningRows, Play, Session, TrackPlay } from "./listening-rows.ts";

/** platform_mix. */
export function expectedPlatformMix(rows: ListeningRows): readonly ExpectedRow[] {
  const years = coveredYears(rows);
  return [...groupBy(rows.streams, yearOf)].flatMap(([year, streams]) =>
    [...groupBy(streams, (stream) => familyOf(stream, rows))].map(([family, own]) => ({
      listening_year: year,
      is_partial: years.get(year)?.isPartial ?? true,
      platform_family: family,
      distinct_platforms: distinct(own, (stream) => stream.platform || null),
      stream_count: own.length,
      minutes_played: minutes(own),
      plays_without_ms: withoutLength(own),
      stream_percentage: percentage(own.length, streams.length),
      minutes_percentage: percentage(milliseconds(own), milliseconds(streams)),
    })),
  );
}

function familyOf(play: TrackPlay, { platforms }: ListeningRows): string {
  if (!play.platform) return "unknown";
  const name = play.platform.toLowerCase();
  const ordered = platforms.toSorted((left, right) => left.precedence - right.precedence);
  return ordered.find(({ pattern }) => new RegExp(pattern).test(name))?.platform_family ?? "other";
}

const shuffles = new Map([
  [true, "on"],
  [false, "off"],
]);

/** skip_behaviour. */
export function expectedSkips(rows: ListeningRows): readonly ExpectedRow[] {
  const breakdowns: Readonly<Record<string, (play: TrackPlay) => string>> = {
    total: () => "all",
    listening_year: (play) => String(yearOf(play)),
    hour_of_day: (play) => String(play.hour_of_day),
    day_of_week: (play) => String(play.day_of_week),
    reason_start: (play) => play.reason_start || "unknown",
    shuffle: (play) => (play.is_shuffle === null ? "unknown" : (shuffles.get(play.is_shuffle) ?? "")),
    platform_family: (play) => familyOf(play, rows),
  };
  return Object.entries(breakdowns).flatMap(([breakdown, valueOf]) =>
    [...groupBy(rows.trackPlays, valueOf)]
      .toSorted(
        ([left, own], [right, others]) =>
          (/^\d+$/.test(left) ? Number(left) - Number(right) : others.length - own.length) || compareText(left, right),
      )
      .map(([value, plays], index) => ({ breakdown, value, position: index + 1, ...skipFigures(plays) })),
  );
}

/** How plays of any length were skipped. */
export function skipFigures(plays: readonly Play[] | readonly TrackPlay[]): ExpectedRow {
  const known = plays.filter((play) => play.is_skipped !== null).length;
  const skips = plays.filter((play) => play.is_skipped === true);
  const median = lowerMedian(skips.flatMap((play) => play.ms_played ?? []));
  return {
    play_count: plays.length,
    stream_count: plays.filter((play) => play.is_stream).length,
    plays_with_skip_known: known,
    plays_with_skip_unknown: plays.length - known,
    skip_count: skips.length,
    skip_percentage: percentage(skips.length, known),
    median_seconds_before_skip: median === null ? null : rounded(median / 1000, 1),
  };
}

/** session_summary. */
export function expectedSessions(rows: ListeningRows): readonly ExpectedRow[] {
  const years = coveredYears(rows);
  return [...groupBy(rows.sessions, (session) => session.year)].map(([year, sessions]) => {
    const plays = sessions.flatMap((session) => session.plays);
    const ordered = sessions.toSorted(
      (left, right) => right.lengthMinutes - left.lengthMinutes || right.startedAt - left.startedAt,
    );
    const lengths = sessions.map((session) => session.lengthMinutes);
    return {
      listening_year: year,
      is_partial: years.get(year)?.isPartial ?? true,
      session_count: sessions.length,
      play_count: plays.length,
      stream_count: plays.filter((play) => play.is_stream && play.media_type === "track").length,
      minutes_played: minutes(plays),
      plays_without_ms: withoutLength(plays),
      mean_length_minutes: rounded(sum(lengths, Number) / lengths.length),
      median_length_minutes: lowerMedian(lengths),
      longest_length_minutes: ordered[0]?.lengthMinutes ?? null,
      longest_started_at: ordered[0]?.startedAt ?? null,
      plays_per_session: rounded(plays.length / sessions.length),
      plays_with_skip_known: plays.filter((play) => play.is_skipped !== null).length,
      skip_count: plays.filter((play) => play.is_skipped === true).length,
      skipless_sessions: sessions.filter(isSkipless).length,
    };
  });
}

function isSkipless({ plays }: Session): boolean {
  return plays.length > 1 && plays.every((play) => play.is_skipped === false);
}
