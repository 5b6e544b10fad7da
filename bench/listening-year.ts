import type { Prng } from "../runner/prng.ts";
import type { FakePlay } from "../tests/support/fake-spotify-state.ts";
import type { FakeRequest } from "../tests/support/fake-spotify-request.ts";
import type { FakeFault } from "../tests/support/fake-spotify.ts";

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** A made-up year of plays: one to four sessions a day, a few of them long; some plays show up days late, some are local files. */
export function listenForDays(start: Date, days: number, chance: Prng): FakePlay[] {
  const plays: FakePlay[] = [];
  for (let day = 0; day < days; day++) {
    for (let session = chance.integer(1, 4); session > 0; session--) {
      const minutes = chance.chance(0.03) ? chance.integer(240, 480) : chance.integer(10, 90);
      const from = day * dayMs + chance.integer(6, 22) * hourMs;
      for (let at = from; at < from + minutes * minuteMs; at += chance.integer(60_000, 300_000)) {
        plays.push(playAt(new Date(start.getTime() + at), chance));
      }
    }
  }
  return plays;
}

function playAt(playedAt: Date, chance: Prng): FakePlay {
  const trackId = chance.chance(0.01) ? null : String(Math.floor(3000 * chance.uniform() ** 2)).padStart(22, "0");
  const lateMs = chance.chance(0.02) ? chance.integer(0, 3 * dayMs) : 0;
  const context = chance.chance(0.7) && {
    contextUri: `spotify:playlist:${String(chance.integer(1, 40)).padStart(22, "0")}`,
  };
  return { trackId, playedAt, visibleFrom: new Date(playedAt.getTime() + lateMs), ...context };
}

/** One request in ten fails, in any of the ways there are; now and then the quota is used up for hours. */
export function troubleOf({ path }: FakeRequest, chance: Prng): FakeFault | null {
  if (!chance.chance(0.1)) return null;
  if (chance.chance(0.03)) return { kind: "quota", retryAfterSeconds: chance.integer(1, 8) * 3600 };
  return chance.pick<FakeFault>([
    { kind: "rate", retryAfterSeconds: chance.integer(1, 5) },
    { kind: "rate", retryAfterSeconds: null },
    { kind: "status", status: chance.pick([500, 502, 503]) },
    path === "/api/token" ? { kind: "reset" } : { kind: "unauthorized" },
    { kind: "reset", isDone: chance.chance(0.5) },
    { kind: "hang", isDone: chance.chance(0.5) },
    { kind: "cut", isDone: true },
    { kind: "truncate" },
  ]);
}

/** The troubles that cost a process of its own no more than two seconds of real time. */
export function quickTroubleOf({ path }: FakeRequest, chance: Prng): FakeFault | null {
  if (!chance.chance(0.1)) return null;
  return chance.pick<FakeFault>([
    { kind: "status", status: 503 },
    path === "/api/token" ? { kind: "reset" } : { kind: "unauthorized" },
    { kind: "reset", isDone: chance.chance(0.5) },
    { kind: "truncate" },
  ]);
}
