import { resolve } from "node:path";

import * as z from "zod";

import { countText } from "../count-text.ts";
import { type FilePlace, rememberExport } from "../delivery/export-places.ts";
import { type FileFormat, fileFormats } from "../delivery/file-formats.ts";
import { exportToPostgres, type PostgresExportResults } from "../delivery/postgres.ts";
import { describeServer } from "../delivery/postgres-connection.ts";
import { embeddedUrl, postgresHome, readSecrets } from "../delivery/postgres-secrets.ts";
import { readerRole } from "../delivery/target-tables.ts";
import { ProjectError } from "../diagnostics.ts";
import { failed, type StageOutcome, succeeded } from "../execution/stage-outcome.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import type { Project } from "../project/project.ts";
import type { Effects } from "./effects.ts";
import { postgresUrl } from "./postgres-url.ts";
import { type LoadedProject, openProject, projectOptions } from "./project-options.ts";
import { readKeyTests } from "./read-key-tests.ts";
import { recordStage } from "./record-stage.ts";
import { refreshSuperset } from "./refresh-superset.ts";

const targets = ["postgres", ...fileFormats] as const;

export const exportOptions = z.strictObject({
  ...projectOptions,
  to: z
    .enum(targets)
    .default("postgres")
    .describe(`${targets.join(", ")}; with a path for the last three`),
  paths: z.array(z.string()).default([]).describe("the file of duckdb, the folder of parquet and csv"),
  force: z.boolean().default(false).describe("send everything although nothing changed"),
  cascade: z.boolean().default(false).describe("drop what people built on columns that go"),
  wait: z.coerce.number().min(0).default(600).describe("seconds to wait for another export to end"),
});

type ExportOptions = z.infer<typeof exportOptions>;

/** Sends gold and meta of the current release to Postgres, or writes them to files. */
export async function exportRelease(options: ExportOptions, effects: Effects): Promise<number> {
  const loaded = await openProject(options, effects, loadProjectSettings);
  if (loaded.notice !== null) effects.print(loaded.notice);
  if (options.to === "postgres") {
    const { force, cascade, wait } = refusePath(options);
    const project = async (): Promise<Project> => (await openProject(options, effects)).project;
    return recordStage({ loaded, command: "export", stage: "export" }, effects, (recorded) =>
      exportLoadedToPostgres(loaded, { force, cascade, wait, project }, recorded),
    );
  }
  const [path, ...others] = options.paths;
  if (path === undefined || others.length > 0) throw missingPath(options.to);
  const { keepReleases } = loaded.project.warehouse;
  await exportLoadedToFiles(loaded, { to: options.to, path: resolve(effects.cwd, path) }, { ...effects, keepReleases });
  return 0;
}

/** The same for a project that is already open, into a file or folder; leaves so many releases in a folder. */
export async function exportLoadedToFiles(
  { dataDir }: Pick<LoadedProject, "dataDir">,
  { to, path }: FilePlace,
  { print, keepReleases }: Pick<Effects, "print"> & { readonly keepReleases: number },
): Promise<void> {
  const { exportToFiles } = await import("../delivery/export-files.ts");
  const results = await exportToFiles({ dataDir, format: to, path, keepReleases });
  const { release, relations, rows } = results;
  print(`${results.path} shows release ${release}: ${relations} tables, ${countText(rows)} rows.`);
}

function refusePath(options: ExportOptions): ExportOptions {
  const [path] = options.paths;
  if (path === undefined) return options;
  const hint = "Postgres is named by POSTGRES_URL; for files write --to duckdb|parquet|csv <path>.";
  throw new ProjectError([{ path, message: "is no place for an export to Postgres", hint }]);
}

function missingPath(format: FileFormat): ProjectError {
  const hint = `npm run export -- --to ${format} ${format === "duckdb" ? "listening.duckdb" : `exports/${format}`}`;
  return new ProjectError([{ path: "--to", message: `${format} needs one path to write to`, hint }]);
}

interface PostgresChoices extends Pick<ExportOptions, "force" | "cascade" | "wait"> {
  /** The whole project, asked for only when something is sent and nothing is left of the last compilation. */
  readonly project: () => Promise<Project>;
}

/** The same for a project that is already open: into POSTGRES_URL, or else into the Postgres that `tonearm postgres` runs. Partial when Superset does not show it. */
export async function exportLoadedToPostgres(
  loaded: LoadedProject,
  { force, cascade, wait, project }: PostgresChoices,
  effects: Effects,
): Promise<StageOutcome> {
  const { dataDir, notice } = loaded;
  const given = postgresUrl(effects);
  const url = given ?? (await embeddedAddress(postgresHome(dataDir, notice !== null)));
  await rememberExport(dataDir, { to: "postgres", server: given === null ? null : describeServer(given) });
  const started = effects.now().getTime();
  const results = await exportToPostgres(
    {
      url,
      dataDir,
      isDemo: notice !== null,
      force,
      cascade,
      waitSeconds: wait,
      stallSeconds: 300,
      signal: effects.signal,
    },
    {
      now: effects.now,
      keyTests: () => readKeyTests(loaded.project.root, project, effects),
      onWait: () => effects.print("Waiting for another export into this database …"),
    },
  );
  const seconds = (effects.now().getTime() - started) / 1000;
  for (const line of renderExport(results, seconds)) effects.print(line);
  const isChanged = results.sent.length + results.dropped.length > 0;
  const trouble = await refreshSuperset(loaded, { runId: results.runId, isChanged, project }, effects);
  const rows = results.sent.reduce((sum, table) => sum + table.rows, 0);
  return trouble === null ? succeeded(rows) : failed(trouble, rows, "partial");
}

async function embeddedAddress(home: string): Promise<string> {
  const secrets = await readSecrets(home);
  if (secrets !== null) return embeddedUrl(secrets);
  const hint =
    "Set it to postgres://user:password@host:port/database, for example in .env; npm run postgres starts one of our own.";
  throw new ProjectError([{ path: "POSTGRES_URL", message: "is not set", hint }]);
}

function renderExport(results: PostgresExportResults, seconds: number): readonly string[] {
  const { release, sent, unchanged, dropped, notices, hasReader } = results;
  const rows = sent.reduce((sum, table) => sum + table.rows, 0);
  const done =
    sent.length + dropped.length === 0
      ? `Postgres shows release ${release}: all ${unchanged} tables stood there already.`
      : `Postgres shows release ${release}: ${sent.length} tables sent (${countText(rows)} rows), ${unchanged} unchanged, in ${seconds.toFixed(1)} s.`;
  const reader = `No role ${readerRole} is there to read with: create role ${readerRole} login password '…'; the next export lets it read.`;
  return [
    done,
    ...dropped.map((table) => `${table} was dropped: the release has it no more.`),
    ...notices,
    ...(hasReader ? [] : [reader]),
  ];
}
