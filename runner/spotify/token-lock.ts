import { withLock } from "../warehouse/locks.ts";
import type { SpotifyContext } from "./spotify-context.ts";

/** Longer than all tries of one refresh take. */
const waitSeconds = 300;

/** Runs what changes the tokens while no other process of this data folder does. */
export async function withTokenLock<T>(
  { dataDir, command, runId, effects }: SpotifyContext,
  use: () => Promise<T>,
): Promise<T> {
  return withLock({ dataDir, name: "spotify", command, runId, startedAt: effects.now(), waitSeconds }, use);
}
