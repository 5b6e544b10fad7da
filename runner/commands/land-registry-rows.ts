import { rm } from "node:fs/promises";
import { join } from "node:path";

import { newRunId } from "../execution/journal.ts";
import type { RowsToLand } from "../ingest/rows-batch.ts";
import { temporaryFolder } from "../warehouse/data-folder.ts";
import { withLock } from "../warehouse/locks.ts";
import type { Effects } from "./effects.ts";
import { declaredTables } from "./ingest.ts";
import type { LoadedProject } from "./project-options.ts";

/** Lands rows about trained models, each landing a batch. */
export async function landRegistryRows(
  loaded: LoadedProject,
  landings: readonly RowsToLand[],
  effects: Effects,
): Promise<void> {
  const { dataDir } = loaded;
  const startedAt = effects.now();
  const runId = newRunId(startedAt, effects.pid);
  const lock = { dataDir, name: "bronze", command: "tonearm build", runId, startedAt, waitSeconds: 600 } as const;
  const workspace = join(temporaryFolder(dataDir, "bronze"), "decision");
  const { withDuckDB } = await import("../warehouse/duckdb.ts");
  const { landRows } = await import("../ingest/land-rows.ts");
  await withLock(lock, () =>
    withDuckDB({ threads: 1 }, async (database) => {
      const target = { connection: await database.connect(), dataDir, workspace, tables: declaredTables(loaded) };
      for (const landing of landings) if (landing.rows.length > 0) await landRows(landing, target);
      await rm(workspace, { recursive: true, force: true });
    }),
  );
}
