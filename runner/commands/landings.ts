import * as z from "zod";

import { countText } from "../count-text.ts";
import { didYouMean, ProjectError } from "../diagnostics.ts";
import { newRunId } from "../execution/journal.ts";
import { type Landing, readLandings } from "../ingest/landings.ts";
import { collectRemoved, removeLandings } from "../ingest/remove-landings.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { withLock, withLockIfFree } from "../warehouse/locks.ts";
import type { Effects } from "./effects.ts";
import { openProject, projectOptions } from "./project-options.ts";
import { alignTable } from "./text-table.ts";

export const landingsOptions = z.strictObject({
  ...projectOptions,
  paths: z.array(z.string()).default([]).describe("remove <batch>…: takes landed files out of the next build"),
  wait: z.coerce.number().min(0).default(600).describe("seconds to wait for a landing to end"),
});

/** Lists the landed files, or takes some out again: gone from the next build, deleted when no kept release reads them. */
export async function landings(options: z.infer<typeof landingsOptions>, effects: Effects): Promise<number> {
  const { dataDir } = await openProject(options, effects, loadProjectSettings);
  const [action, ...batches] = options.paths;
  if (action === undefined) {
    for (const line of renderLandings(await recordsIn(dataDir))) effects.print(line);
    return 0;
  }
  if (action !== "remove" || batches.length === 0) throw wrongAction(action);
  const lock = {
    dataDir,
    command: "tonearm landings",
    runId: newRunId(effects.now(), effects.pid),
    startedAt: effects.now(),
  };
  await withLock({ ...lock, name: "bronze", waitSeconds: options.wait }, async () => {
    const chosen = chooseLandings(batches, await recordsIn(dataDir));
    const ids = chosen.map(({ batch_id: id }) => id);
    await removeLandings(ids, dataDir);
    // A build that runs now may publish a release that reads them: then the build after it deletes the files.
    const inUse = await withLockIfFree({ ...lock, name: "build" }, () => collectRemoved(dataDir));
    for (const landing of chosen) effects.print(`${landing.batch_id}  ${landing.file} is out of the next build.`);
    const isKept = inUse === undefined || ids.some((id) => inUse.includes(id));
    effects.print(
      isKept
        ? "npm run build-models builds without it; its file is deleted when no kept release reads it any more (keep_releases)."
        : "No release reads it: its file is deleted.",
    );
  });
  return 0;
}

async function recordsIn(dataDir: string): Promise<readonly Landing[]> {
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  return withDuckDB({}, async (database) => readLandings(await database.connect(), dataDir));
}

function renderLandings(records: readonly Landing[]): readonly string[] {
  if (records.length === 0) return ["Nothing has landed yet: npm run ingest -- <zip|folder|file>…"];
  const rows = records.map((record) => [
    record.batch_id,
    record.file,
    record.source_kind,
    record.rows_read,
    record.rows_landed,
    record.rows_rejected,
    record.first_ended_at?.toISOString().slice(0, 10) ?? null,
    record.last_ended_at?.toISOString().slice(0, 10) ?? null,
    record.landed_at.toISOString().slice(0, 16).replace("T", " "),
  ]);
  const headings = ["batch", "file", "kind", "read", "landed", "rejected", "from", "to", "landed at (UTC)"];
  const landed = records.reduce((sum, record) => sum + record.rows_landed, 0);
  return [...alignTable(headings, rows), `${records.length} files, ${countText(landed)} rows.`];
}

/** A batch is given by its id or the beginning of it. */
function chooseLandings(batches: readonly string[], records: readonly Landing[]): readonly Landing[] {
  return batches.map((given) => {
    const found = records.filter(({ batch_id: id }) => id.startsWith(given));
    const [only, another] = found;
    if (only !== undefined && another === undefined) return only;
    const message = only === undefined ? "is no batch that has landed" : `is the beginning of ${found.length} batches`;
    const near = didYouMean(
      given,
      records.map(({ batch_id: id }) => id),
    );
    throw new ProjectError([{ path: given, message, hint: near ?? "npm run landings lists them" }]);
  });
}

function wrongAction(action: string): ProjectError {
  const message = action === "remove" ? "needs the batches to take out" : "is nothing that landings can do";
  return new ProjectError([
    { path: action, message, hint: "npm run landings -- remove <batch>; npm run landings lists them" },
  ]);
}
