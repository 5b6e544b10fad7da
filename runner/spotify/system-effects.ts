import { setTimeout as sleep } from "node:timers/promises";

import type { SpotifyEffects, SpotifyEvent } from "./spotify-context.ts";

/** The machine's own clock, timers and chance; requests and pauses end with the reason of `signal` when it fires. */
export function systemEffects(tell: (event: SpotifyEvent) => void, signal?: AbortSignal): SpotifyEffects {
  return {
    now: () => new Date(),
    async sleep(ms) {
      await sleep(ms, undefined, { ...(signal && { signal }) }).catch(() => signal?.throwIfAborted());
    },
    random: () => Math.random(),
    timeout: (ms) => AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])]),
    tell,
  };
}
