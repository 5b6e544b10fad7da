import { withLock } from "../warehouse/locks.ts";
import type { SpotifyContext, SpotifyEffects } from "./spotify-context.ts";

/** Longer than all tries of one refresh take. */
const waitSeconds = 300;

/** Who changes the tokens of a data folder; a logout needs no app. */
export interface TokenLockHolder extends Pick<SpotifyContext, "dataDir" | "command" | "runId"> {
  readonly effects: Pick<SpotifyEffects, "now">;
}

/** Runs what changes the tokens while no other process of this data folder does. */
export async function withTokenLock<T>(
  { dataDir, command, runId, effects }: TokenLockHolder,
  use: () => Promise<T>,
): Promise<T> {
  return withLock({ dataDir, name: "spotify", command, runId, startedAt: effects.now(), waitSeconds }, use);
}
