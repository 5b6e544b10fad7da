const minuteMs = 60_000;
const dayMs = 86_400_000;

/** The instant (Unix ms) at which clocks in Berlin show this minute of this day; days count from 1970-01-01. */
export function berlinTime(epochDay: number, minuteOfDay: number): number {
  const local = epochDay * dayMs + minuteOfDay * minuteMs;
  const ifSummer = local - 120 * minuteMs;
  return isSummerTime(ifSummer) ? ifSummer : local - 60 * minuteMs;
}

/** The European Union's rule: from the last Sunday of March to the last Sunday of October, at 01:00 UTC. */
function isSummerTime(instant: number): boolean {
  const year = new Date(instant).getUTCFullYear();
  return instant >= lastSundayAtOne(year, 2) && instant < lastSundayAtOne(year, 9);
}

function lastSundayAtOne(year: number, month: number): number {
  const lastDay = new Date(Date.UTC(year, month + 1, 0, 1));
  return lastDay.getTime() - lastDay.getUTCDay() * dayMs;
}
