import type { ErrorKind } from "../runner/execution/journal-events.ts";
import { failed, type StageOutcome } from "../runner/execution/stage-outcome.ts";
import type { Prng } from "../runner/prng.ts";
import type { StageName } from "../runner/project/schedules.ts";

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** What goes wrong from outside for a while; moments in milliseconds of the bench's clock. */
export interface Outages {
  postgresUntil: number;
  diskUntil: number;
  spotifyClosedUntil: number;
}

/** What an attempt meets: a fault, null when it may do its work. */
export function faultOf(
  stage: StageName,
  now: number,
  { outages, chance }: { outages: Outages; chance: Prng },
): StageOutcome | null {
  const isPolling = stage === "poll" || stage === "bronze";
  if (now < outages.diskUntil) return of("disk", "the disk is full");
  if (stage === "export" && now < outages.postgresUntil) return of("network", "nobody answers there");
  if (isPolling && now < outages.spotifyClosedUntil)
    return of("rate_limit", "closed", new Date(outages.spotifyClosedUntil).toISOString());
  if (isPolling && chance.chance(0.01)) {
    outages.spotifyClosedUntil = now + chance.integer(1, 300) * minuteMs;
    return of("rate_limit", "closed", new Date(outages.spotifyClosedUntil).toISOString());
  }
  if (isPolling && chance.chance(0.03)) return of("server", "answered 503");
  if (chance.chance(0.01)) return of("killed", "its process was ended by SIGKILL");
  if (chance.chance(0.005)) return of("lock", "another run holds the lock");
  return null;
}

function of(kind: ErrorKind, message: string, retryAt: string | null = null): StageOutcome {
  return failed({ kind, message, retryAt });
}
