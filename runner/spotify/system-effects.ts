import { setTimeout as sleep } from "node:timers/promises";

import type { SpotifyEffects, SpotifyEvent } from "./spotify-context.ts";

/** The machine's own clock, timers and chance. */
export function systemEffects(tell: (event: SpotifyEvent) => void): SpotifyEffects {
  return {
    now: () => new Date(),
    sleep: (ms) => sleep(ms),
    random: () => Math.random(),
    timeout: (ms) => AbortSignal.timeout(ms),
    tell,
  };
}
