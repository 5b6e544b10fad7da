import { openHistory } from "../execution/read-history.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import type { Effects } from "./effects.ts";
import type { LoadedProject } from "./project-options.ts";

/** Tells of one run of this process by alerts and heartbeat. */
export interface RunWatch {
  readonly begin: (runId: string) => Promise<void>;
  /** Once its journal is whole; waits until everybody is told, or cannot be. */
  readonly end: (runId: string) => Promise<void>;
}

const channels = ["SMTP_URL", "ALERT_WEBHOOK_URL", "HEARTBEAT_URL"];

/** Null where the environment names nobody to be told, and on made-up data: a try must not pass for a run. */
export async function watchRun(loaded: LoadedProject, effects: Effects): Promise<RunWatch | null> {
  const isAnyone = channels.some((name) => (effects.environment[name]?.trim() ?? "") !== "");
  if (!isAnyone || loaded.notice !== null) return null;
  const { openMonitoring } = await import("./monitoring.ts");
  const monitoring = openMonitoring(loaded, effects);
  const read = async (runId: string) => {
    const history = openHistory({ runsFolder: dataPaths(loaded.dataDir).runs, sinceId: () => runId });
    const { runs } = await history.read();
    const run = runs.find((one) => one.runId === runId);
    return run && { run, parts: runs.filter(({ parent }) => parent?.runId === runId) };
  };
  return {
    async begin(runId) {
      const found = await read(runId);
      if (found !== undefined) monitoring.runStarted(found.run);
    },
    async end(runId) {
      const found = await read(runId);
      if (found !== undefined) monitoring.runFinished(found.run, found.parts);
      await monitoring.close();
    },
  };
}
