import { berlinTime } from "./berlin-time.ts";

const firstEpochDay = Date.UTC(2023, 0, 1) / 86_400_000;

/** The two years the demo covers: 2023 and 2024, day 0 is Sunday, 1 January 2023. */
export const demoPeriod = { firstEpochDay, days: 731 } as const;

/** What is special about a day of the demo's life. */
export interface DemoDay {
  readonly day: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly isDayOff: boolean;
  readonly isSilent: boolean;
  readonly country: string;
  readonly isFlight: boolean;
  /** From −1 in the middle of January to 1 in the middle of July. */
  readonly summer: number;
}

/** The day with this number, counted from 0. */
export function demoDay(day: number): DemoDay {
  const weekday = day % 7;
  const trip = trips.find(({ first, last }) => day >= dayOf(first) && day <= dayOf(last));
  const isPublicHoliday = publicHolidays.has(isoDate(day).slice(5));
  return {
    day,
    weekday,
    isDayOff: weekday === 0 || weekday === 6 || isPublicHoliday || trip !== undefined,
    isSilent: day >= dayOf(silence.first) && day <= dayOf(silence.last),
    country: trip?.country ?? "DE",
    isFlight: trip?.byPlane === true && (day === dayOf(trip.first) || day === dayOf(trip.last)),
    summer: summer(day),
  };
}

/** The number of a date of the two years. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000 - firstEpochDay;
}

/** The instant (Unix ms) of a local minute of a day. */
export function demoInstant(day: number, minuteOfDay: number): number {
  return berlinTime(firstEpochDay + day, minuteOfDay);
}

/** A fortnight in the hills without a telephone. */
const silence = { first: "2023-08-05", last: "2023-08-18" } as const;

/** Both lie in the time zone of Berlin, so that the hours of the day stay comparable. */
const trips = [
  { first: "2023-10-27", last: "2023-10-30", country: "DK", byPlane: false },
  { first: "2024-06-08", last: "2024-06-19", country: "ES", byPlane: true },
] as const;

const publicHolidays = new Set(["01-01", "03-08", "05-01", "10-03", "12-24", "12-25", "12-26", "12-31"]);

function isoDate(day: number): string {
  return new Date((firstEpochDay + day) * 86_400_000).toISOString().slice(0, 10);
}

/** A triangle instead of a sine, whose last digits differ between engines. */
function summer(day: number): number {
  const fromMidJanuary = (day - 14 + 731) % 365.25;
  return 1 - Math.abs(fromMidJanuary - 182.625) / 91.3125;
}
