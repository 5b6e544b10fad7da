import type { Cell } from "../../../runner/warehouse/cells.ts";
import type { ListeningRows, TrackPlay } from "./listening-rows.ts";

/** A row as it is expected in gold: days as 2024-05-01, moments as Unix milliseconds. */
export type ExpectedRow = Readonly<Record<string, Cell>>;

/** A row that has a length or none, such as a play. */
interface Timed {
  readonly ms_played: number | null;
}

export function rounded(value: number, digits = 2): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

export function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

export function milliseconds(plays: readonly Timed[]): number {
  return sum(plays, (play) => play.ms_played ?? 0);
}

export function minutes(plays: readonly Timed[]): number {
  return rounded(milliseconds(plays) / 60_000);
}

export function withoutLength(plays: readonly Timed[]): number {
  return plays.filter((play) => play.ms_played === null).length;
}

/** A share in percent, or null of nothing. */
export function percentage(part: number, whole: number): number | null {
  return whole === 0 ? null : rounded((100 * part) / whole);
}

/** Different values that are not null. */
export function distinct<T>(items: readonly T[], value: (item: T) => string | null): number {
  return new Set(items.map(value).filter((key) => key !== null)).size;
}

/** The order of UTF-8 bytes, as DuckDB sorts text. */
export function compareText(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** The most frequent value that is not null, of equally frequent ones the first by its bytes. */
export function mostFrequent(values: readonly (string | null)[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ordered = [...counts].toSorted(([left, many], [right, more]) => more - many || compareText(left, right));
  return ordered[0]?.[0] ?? null;
}

/** The lower of the two middle values, or null of nothing. */
export function lowerMedian(values: readonly number[]): number | null {
  const ordered = values.toSorted((left, right) => left - right);
  return ordered[Math.ceil(ordered.length / 2) - 1] ?? null;
}

export function yearOf(play: Pick<TrackPlay, "listening_date">): number {
  return Number(play.listening_date.slice(0, 4));
}

export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whole days from one to the other. */
export function daysFrom(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000);
}

export function everyDay(first: string, last: string): readonly string[] {
  return Array.from({ length: daysFrom(first, last) + 1 }, (_, index) => dayAfter(first, index));
}

/** Years from the first covered one to the last, with their covered days. */
export function coveredYears(rows: ListeningRows): ReadonlyMap<number, { covered: number; isPartial: boolean }> {
  const covered = [...rows.coveredDays.keys()].map((day) => Number(day.slice(0, 4)));
  const [first = 0, last = -1] = [covered[0], covered.at(-1)];
  const years = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return new Map(
    years.map((year) => {
      const days = covered.filter((other) => other === year).length;
      return [year, { covered: days, isPartial: days < everyDay(`${year}-01-01`, `${year}-12-31`).length }];
    }),
  );
}

/** Covered days on which what is heard first is new: 90 days or more after the record began. */
export function daysOfNews(rows: ListeningRows): ReadonlySet<string> {
  const days = new Set<string>();
  let [began, before] = ["", ""];
  for (const day of rows.coveredDays.keys()) {
    if (before === "" || daysFrom(before, day) > 30) began = day;
    if (daysFrom(began, day) >= 90) days.add(day);
    before = day;
  }
  return days;
}
