import * as z from "zod";

import { formatDiagnostic, ProjectError } from "../diagnostics.ts";
import { type Landing, readLandings } from "../ingest/landings.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { closedBuckets } from "../spotify/closed-buckets.ts";
import { loadTokens } from "../spotify/token-store.ts";
import { readPin } from "../warehouse/pin.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import type { Effects } from "./effects.ts";
import { readLastPoll } from "./last-poll.ts";
import { localDate, openProject, projectOptions } from "./project-options.ts";
import { describeForecasts, readForecasts } from "./read-forecasts.ts";
import { renderStatus, type Status } from "./render-status.ts";
import { scheduleLines } from "./schedule-status.ts";

export const statusOptions = z.strictObject(projectOptions);

/** Prints on one screen what is published and how it stands with Spotify; 1 when a part of it cannot be read. */
export async function status(options: z.infer<typeof statusOptions>, effects: Effects): Promise<number> {
  const { project, dataDir, notice } = await openProject(options, effects, loadProjectSettings);
  const now = effects.now();
  const troubles: ProjectError[] = [];
  // A part that cannot be read is told of after all the others.
  const part = async <T>(reading: Promise<T>): Promise<T | undefined> =>
    reading.catch((error: unknown) => {
      if (!(error instanceof ProjectError)) throw error;
      troubles.push(error);
      return undefined;
    });
  const clientId = project.vars["spotify_client_id"] ?? null;
  const release = await part(readCurrentRelease(dataDir));
  const outlook = await readForecasts(release ?? null);
  const found: Status = {
    now,
    clientId: clientId === null ? null : String(clientId),
    release,
    forecasts: outlook === null ? null : describeForecasts(outlook, localDate(now, project)),
    pin: (await part(readPin(dataDir))) ?? null,
    tokens: await part(loadTokens(dataDir)),
    lastPoll: await part(readLastPoll(dataDir)),
    closed: (await part(closedBuckets(dataDir, now))) ?? [],
    landings: await recordsIn(dataDir),
  };
  if (notice !== null) effects.print(`${notice}\n`);
  for (const line of renderStatus(found)) effects.print(line);
  for (const line of await scheduleLines({ project, dataDir }, now)) effects.print(line);
  for (const { diagnostics } of troubles)
    for (const diagnostic of diagnostics) effects.warn(`\n${formatDiagnostic(diagnostic)}`);
  return troubles.length === 0 ? 0 : 1;
}

async function recordsIn(dataDir: string): Promise<readonly Landing[]> {
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  return withDuckDB({ threads: 1 }, async (database) => readLandings(await database.connect(), dataDir));
}
