import { newRunId, openJournal } from "../execution/journal.ts";
import { readPin } from "../warehouse/pin.ts";
import type { Effects } from "./effects.ts";
import { engineVersion } from "./project-options.ts";

/** Whether a scheduled run has to leave the warehouse alone because its release is pinned; says so, and records it in a journal. */
export async function skipPinned(
  { dataDir, command }: { readonly dataDir: string; readonly command: string },
  effects: Effects,
): Promise<boolean> {
  const pin = await readPin(dataDir);
  if (pin === null) return false;
  const { now, pid, args } = effects;
  const message = `skipped: release ${pin.release} is pinned since ${pin.since}; npm run unpin, or a build by hand, ends that`;
  const journal = await openJournal(dataDir, newRunId(now(), pid), now);
  try {
    const parent = effects.parent ?? null;
    journal.write({ event: "run_started", command, args: [...args], pid, version: await engineVersion(), parent });
    journal.write({ event: "stage_skipped", stage: command, reason: "pinned", message });
    journal.write({ event: "run_finished", status: "skipped", ms: 0, exitCode: 0 });
  } finally {
    journal.close();
  }
  effects.print(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`);
  return true;
}
