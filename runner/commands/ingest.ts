import { access } from "node:fs/promises";
import { resolve } from "node:path";

import * as z from "zod";

import { formatDiagnostic } from "../diagnostics.ts";
import { newRunId } from "../execution/journal.ts";
import type { DeclaredTables } from "../ingest/check-columns.ts";
import type { IngestReport } from "../ingest/ingest.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { describeHolder, withLock } from "../warehouse/locks.ts";
import { codeVersion } from "./code-version.ts";
import type { Effects } from "./effects.ts";
import { type LoadedProject, openProject, projectOptions } from "./project-options.ts";
import { recordStage } from "./record-stage.ts";
import { renderContradiction, renderLanding, showLanding } from "./render-landing.ts";

export const ingestOptions = z.strictObject({
  ...projectOptions,
  paths: z
    .array(z.string())
    .default([])
    .describe("zips, folders or files; the inbox when none is given; spotify: polls the Web API once"),
  wait: z.coerce.number().min(0).default(600).describe("seconds to wait for another landing to end"),
});

/** Lands exports and catalogues as bronze batches; 1 when a file could not be landed, the others land all the same. */
export async function ingest(options: z.infer<typeof ingestOptions>, effects: Effects): Promise<number> {
  const [path, ...others] = options.paths;
  const isPoll = path === "spotify" && others.length === 0 && !(await exists(resolve(effects.cwd, path)));
  // They load while the project is read: the lock needs DuckDB.
  const duckdb = import("../warehouse/duckdb.ts");
  const polling = isPoll ? import("./poll-spotify.ts") : null;
  const work = import("./stage-work.ts");
  const loaded = await openProject(options, effects, loadProjectSettings);
  await Promise.all([duckdb, polling]);
  const { landPaths, pollOnce } = await work;
  const { wait } = options;
  const paths = options.paths.length > 0 ? options.paths : [loaded.inbox];
  return recordStage({ loaded, command: "ingest", stage: isPoll ? "poll" : "files" }, effects, (recorded) =>
    isPoll ? pollOnce(loaded, { wait }, recorded) : landPaths(loaded, { paths, wait }, recorded),
  );
}

/** The same for a project that is already loaded; says what landed. */
export async function landLoaded(
  loaded: LoadedProject,
  { paths, wait }: { readonly paths: readonly string[]; readonly wait: number },
  effects: Effects,
): Promise<IngestReport> {
  const { project, dataDir } = loaded;
  const landedAt = effects.now();
  const progress = effects.progress === null ? undefined : showLanding(effects.progress, effects.now);
  const options = {
    dataDir,
    account: String(project.vars["account"] ?? "me"),
    landedAt,
    tables: declaredTables(loaded),
    codeVersion: codeVersion(),
    ...(project.warehouse.memoryLimit !== null && { memoryLimit: project.warehouse.memoryLimit }),
    ...(project.warehouse.threads !== null && { threads: project.warehouse.threads }),
    ...(progress !== undefined && { progress }),
  };
  const lock = {
    dataDir,
    name: "bronze" as const,
    command: "tonearm ingest",
    runId: newRunId(landedAt, effects.pid),
    startedAt: landedAt,
    waitSeconds: wait,
    onWait: (holder: Parameters<typeof describeHolder>[0]) => effects.print(`Waiting for ${describeHolder(holder)} …`),
  };
  // A poll needs neither zip archives nor the readers of files.
  const { ingest: landFiles } = await import("../ingest/ingest.ts");
  const report = await withLock(lock, () => landFiles(paths, options)).finally(() => effects.progress?.(null));
  for (const line of renderLanding(report)) effects.print(line);
  for (const contradiction of report.contradictions) effects.warn(renderContradiction(contradiction));
  for (const failure of report.failures) effects.warn(formatDiagnostic(failure));
  return report;
}

/** The columns that project.yml declares for each table that lands. */
export function declaredTables({ project }: LoadedProject): DeclaredTables {
  const tables = project.sources.map(({ name, columns }): [string, DeclaredTables[string]] => [
    name,
    columns.map((column) => ({ name: column.name, dataType: column.dataType ?? "VARCHAR" })),
  ]);
  return Object.fromEntries(tables);
}

/** Whether a path is there. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
