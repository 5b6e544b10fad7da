/** Spotify's refresh tokens end so many months after the login, however often they are used (since 2026-06-18). */
const loginMonths = 6;
const warningMonths = 5;
const dayMs = 86_400_000;

/** How long a login lasts: its end, whole days until then (negative afterwards), and whether to warn of it, from month 5 on. */
export interface LoginEnd {
  readonly endsAt: Date;
  readonly daysLeft: number;
  readonly isNear: boolean;
}

/** When the login made at `authorizedAt` ends, seen from `now`. */
export function loginEnd(authorizedAt: Date, now: Date): LoginEnd {
  const endsAt = addMonths(authorizedAt, loginMonths);
  return {
    endsAt,
    daysLeft: Math.floor((endsAt.getTime() - now.getTime()) / dayMs),
    isNear: now >= addMonths(authorizedAt, warningMonths),
  };
}

/** The same day and time of a later month, UTC; the month's last day where it is shorter. */
function addMonths(date: Date, months: number): Date {
  const moved = new Date(date);
  moved.setUTCMonth(moved.getUTCMonth() + months, 1);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(date.getUTCDate(), lastDay));
  return moved;
}
