import * as z from "zod";

import { type ReleaseSummary, summarizeReleases } from "../execution/release-history.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { type Pin, readPin } from "../warehouse/pin.ts";
import { readReleaseState } from "../warehouse/release-state.ts";
import { listReleases, readCurrentRelease } from "../warehouse/releases.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";
import { alignTable } from "./text-table.ts";

export const releasesOptions = z.strictObject(projectOptions);

/** More changed relations than these are counted only. */
const mostNamed = 5;

/** Lists the releases that are kept, newest first: run, time, what changed, rows; says which one is current, and whether it is pinned. */
export async function releases(options: z.infer<typeof releasesOptions>, effects: Effects): Promise<number> {
  const { dataDir, notice } = await openProject(options, effects, loadProjectSettings);
  const kept = (await listReleases(dataDir)).filter(({ hasState }) => hasState).toReversed();
  const states = await Promise.all(kept.map(async ({ statePath, number }) => readReleaseState(statePath, number)));
  const current = await readCurrentRelease(dataDir);
  const pin = await readPin(dataDir);
  if (notice !== null) effects.print(`${notice}\n`);
  if (states.length === 0) effects.print("Nothing has been published yet: npm run build-models");
  else for (const line of renderReleases(summarizeReleases(states), current?.number, pin)) effects.print(line);
  for (const warning of current?.warnings ?? []) effects.warn(warning);
  return 0;
}

function renderReleases(
  summaries: readonly ReleaseSummary[],
  current: number | undefined,
  pin: Pin | null,
): readonly string[] {
  const rows = summaries.toReversed().map(({ release, runId, publishedAt, changed, rows: total, held }) => {
    const role = release === current ? (pin === null ? "current" : "current, pinned") : "";
    return [String(release), role, new Date(publishedAt), runId, total, held.length, named(changed)];
  });
  const headings = ["release", "", "published at (UTC)", "run", "rows", "held", "changed"];
  const pinned =
    pin === null
      ? []
      : ["", `Release ${pin.release} is pinned since ${pin.since.slice(0, 16).replace("T", " ")}: npm run unpin`];
  return [...alignTable(headings, rows), ...pinned];
}

function named(names: readonly string[]): string {
  const more = names.length - mostNamed;
  const shown = names.slice(0, mostNamed).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
