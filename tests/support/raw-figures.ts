import type { Bounds } from "./raw-catalogue.ts";
import type { RawPlay } from "./raw-export.ts";

/** A play with every start the specification allows for it: one for most plays, several for offline batches. */
export interface TimedPlay extends RawPlay {
  readonly starts: readonly number[];
}

/** An instant on the wall clock of a time zone; days count from 1 for Sunday. */
export interface LocalTime {
  readonly year: number;
  readonly date: string;
  readonly hour: number;
  readonly dayOfWeek: number;
}

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** A function from instants to the wall clock of an IANA time zone, by the zone's rules at that instant. */
export function localClock(timeZone: string): (instant: number) => LocalTime {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    weekday: "short",
  });
  return (instant) => {
    const parts = new Map(format.formatToParts(instant).map((part) => [part.type, part.value]));
    const [year, month, day] = [parts.get("year"), parts.get("month"), parts.get("day")];
    return {
      year: Number(year),
      date: `${year}-${month}-${day}`,
      hour: Number(parts.get("hour")),
      dayOfWeek: weekdays.indexOf(parts.get("weekday") ?? "") + 1,
    };
  };
}

/**
 * Plays in the order of their ends with their possible starts. Online: the end less what was played, not before the end
 * of the play before. Rows of an offline batch carry the moment of its upload as their end, so that their start lies
 * wherever a sane reading of offline_timestamp puts it.
 */
export function withStarts(kept: readonly RawPlay[]): readonly TimedPlay[] {
  const ordered = kept.toSorted((left, right) => left.endedAt - right.endedAt);
  const endsAt = new Map<number, number>();
  for (const play of ordered) endsAt.set(play.endedAt, (endsAt.get(play.endedAt) ?? 0) + 1);
  const isBatch = (play: RawPlay) => play.isOffline || (endsAt.get(play.endedAt) ?? 0) > 1;
  const timed: TimedPlay[] = [];
  const previous: PreviousEnds = {
    any: -Infinity,
    certain: -Infinity,
    pendingAny: -Infinity,
    pendingCertain: -Infinity,
  };
  for (const play of ordered) {
    moveOn(previous, play.endedAt);
    timed.push({ ...play, starts: isBatch(play) ? batchStarts(play, previous) : onlineStarts(play, previous) });
    previous.pendingAny = play.endedAt;
    if (!isBatch(play) && play.mediaType === "track") previous.pendingCertain = play.endedAt;
  }
  return timed;
}

/** For each key, the plays that certainly have it and those that may; `weight` counts something other than plays. */
export function boundsBy(
  plays: readonly TimedPlay[],
  keyOf: (start: number) => string | number,
  weight: (play: RawPlay) => number = () => 1,
): ReadonlyMap<string, Bounds> {
  const bounds = new Map<string, { least: number; most: number }>();
  for (const play of plays) {
    const keys = new Set(play.starts.map((start) => String(keyOf(start))));
    for (const key of keys) {
      const found = bounds.get(key) ?? { least: 0, most: 0 };
      bounds.set(key, found);
      found.most += weight(play);
      if (keys.size === 1) found.least += weight(play);
    }
  }
  return bounds;
}

/** The largest sums of a weight by artist, largest first. */
export function topBy<T extends { readonly artistName: string | null }>(
  plays: readonly T[],
  weight: (play: T) => number,
  count: number,
): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const play of plays) {
    const name = play.artistName ?? "";
    sums.set(name, (sums.get(name) ?? 0) + weight(play));
  }
  return [...sums]
    .toSorted(([leftName, left], [rightName, right]) => right - left || (leftName < rightName ? -1 : 1))
    .slice(0, count);
}

/** Fewest and most sessions over every reading of "the gap between two plays": which plays, which start, which end. */
export function sessionBounds(plays: readonly TimedPlay[], gapMinutes: number): Bounds {
  const counts: number[] = [];
  for (const chosen of [plays, plays.filter((play) => play.mediaType === "track")]) {
    for (const pick of [Math.min, Math.max]) {
      for (const endOf of [
        (play: TimedPlay) => play.endedAt,
        (play: TimedPlay) => pick(...play.starts) + play.msPlayed,
        // A play whose start was moved up to the end before it still cannot go on after its own end.
        (play: TimedPlay) => Math.min(pick(...play.starts) + play.msPlayed, play.endedAt),
      ]) {
        const spans = chosen.map((play) => ({ start: pick(...play.starts), end: endOf(play) }));
        counts.push(...countSessions(spans, gapMinutes * 60_000));
      }
    }
  }
  return { least: Math.min(...counts), most: Math.max(...counts) };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Once against the end of the play just before, once against the latest end so far. */
function countSessions(spans: readonly Span[], gap: number): readonly [number, number] {
  let [byPrevious, byLatest, previousEnd, latestEnd] = [0, 0, -Infinity, -Infinity];
  for (const span of spans.toSorted((left, right) => left.start - right.start || left.end - right.end)) {
    if (span.start - previousEnd > gap) byPrevious++;
    if (span.start - latestEnd > gap) byLatest++;
    previousEnd = span.end;
    latestEnd = Math.max(latestEnd, span.end);
  }
  return [byPrevious, byLatest];
}

interface PreviousEnds {
  /** The end of the play before, of any kind. */
  any: number;
  /** The end of the last play of a track heard online, which every reading clamps to. */
  certain: number;
  pendingAny: number;
  pendingCertain: number;
}

function moveOn(previous: PreviousEnds, endedAt: number): void {
  if (previous.pendingAny < endedAt) previous.any = previous.pendingAny;
  if (previous.pendingCertain < endedAt) previous.certain = previous.pendingCertain;
}

function onlineStarts(play: RawPlay, previous: PreviousEnds): readonly number[] {
  const start = play.endedAt - play.msPlayed;
  const clamped = [Math.max(start, previous.certain), Math.max(start, previous.any)];
  return [...new Set(previous.any === previous.certain ? clamped : [start, ...clamped])];
}

function batchStarts(play: RawPlay, previous: PreviousEnds): readonly number[] {
  const start = play.endedAt - play.msPlayed;
  const possible = [start, play.endedAt, Math.max(start, previous.any), Math.max(start, previous.certain)];
  return [...new Set(play.offlineAt === null ? possible : [play.offlineAt, ...possible])];
}
