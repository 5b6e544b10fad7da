import { parentRun } from "../execution/journal-events.ts";
import { parentVariable } from "../scheduling/stage-process.ts";
import type { Effects } from "./effects.ts";

/** What a process that the scheduler started knows and can tell; nothing in one that somebody else forked. */
export function openStageChannel(
  environment: Effects["environment"],
): Pick<Effects, "parent" | "tellScheduler"> | undefined {
  const text = environment[parentVariable];
  if (text === undefined) return undefined;
  const parent = parentRun.parse(JSON.parse(text));
  // A scheduler that died takes its stages along: nobody would tell of them.
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  return {
    parent,
    tellScheduler: async (outcome) =>
      new Promise((resolve) => {
        process.send?.(outcome, undefined, undefined, () => {
          process.removeAllListeners("disconnect");
          process.disconnect();
          resolve();
        });
      }),
  };
}
