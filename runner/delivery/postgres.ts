import { setTimeout as sleep } from "node:timers/promises";

import * as z from "zod";

import { allEnded } from "../all-ended.ts";
import { renderLiteral } from "../compile/helpers.ts";
import { ProjectError } from "../diagnostics.ts";
import { dataPaths } from "../warehouse/data-folder.ts";
import type { Connection, Database } from "../warehouse/duckdb.ts";
import { type CurrentRelease, readCurrentRelease } from "../warehouse/releases.ts";
import { attachFormerReleases } from "./former-releases.ts";
import { type ExportedTable, readExports } from "./exports-table.ts";
import type { ExportRelation, TableKey } from "./export-relation.ts";
import type { KeyTest } from "./key-tests.ts";
import { inTransaction, type Postgres, type PostgresOptions } from "./postgres-connection.ts";
import { readReleaseRelations } from "./release-relations.ts";
import type { SendOptions, SendRequest } from "./export-tasks.ts";
import type { SendResults } from "./send-release.ts";
import { keyName } from "./table-keys.ts";
import { planDeliveries, targetName } from "./target-shape.ts";
import { findTable, readTarget, type Target } from "./target-tables.ts";
import { UnexpectedRows } from "./unexpected-rows.ts";

export interface PostgresExportOptions extends PostgresOptions, SendOptions {
  readonly dataDir: string;
  /** How long another export may take before this one gives up. */
  readonly waitSeconds: number;
}

export interface PostgresExportEffects {
  readonly now: () => Date;
  /** The project's tests that say what is a key; asked for only when something is sent. */
  readonly keyTests: () => Promise<readonly KeyTest[]>;
  /** Told once when another export is at work in the database. */
  readonly onWait: () => void;
}

export interface PostgresExportResults extends SendResults {
  readonly release: number;
  /** Of the run that made the release. */
  readonly runId: string;
  /** What the server remarked, and whether the dashboards' role is missing. */
  readonly notices: readonly string[];
  readonly hasReader: boolean;
}

/** One export at a time in a database, whichever machine it comes from. */
const exportLock = 7_066_170_001;

/** Makes Postgres show gold and meta of the current release, in one transaction; nothing is sent that stands there already. */
export async function exportToPostgres(
  options: PostgresExportOptions,
  effects: PostgresExportEffects,
): Promise<PostgresExportResults> {
  await currentRelease(options.dataDir);
  try {
    return await exportOnce(options, effects);
  } catch (error) {
    // Then everything is looked at and sent.
    if (!(error instanceof UnexpectedRows)) throw error;
    return exportOnce({ ...options, force: true }, effects);
  }
}

async function exportOnce(
  options: PostgresExportOptions,
  effects: PostgresExportEffects,
): Promise<PostgresExportResults> {
  return inTransaction(options, async (postgres) => {
    await waitForTurn(postgres, options, effects);
    await refuseOtherEncodings(postgres);
    // Only now: while this export waited, another may have sent a newer release.
    const release = await currentRelease(options.dataDir);
    const schemas = [...new Set(["gold.x", "meta.x"].map((name) => targetName(name, options.isDemo).schema))];
    const exported = await readExports(postgres, options.isDemo);
    const isShown = !options.force && showsRelease(exported, release);
    // Loading DuckDB takes as long as Postgres needs to tell what stands there, and longer than seeing that there is nothing to do.
    const [target] = await allEnded([readTarget(postgres, schemas), isShown ? null : loadDuckDB()]);
    const results =
      isShown && isComplete(target, exported)
        ? { sent: [], unchanged: exported.length, dropped: [] }
        : await sendCurrent({ release, target, exported, options, effects }, postgres);
    const { number, state } = release;
    return { ...results, release: number, runId: state.runId, notices: postgres.notices, hasReader: target.hasReader };
  });
}

async function loadDuckDB(): Promise<typeof import("../warehouse/duckdb.ts")> {
  return import("../warehouse/duckdb.ts");
}

interface Sending {
  readonly release: CurrentRelease;
  readonly target: Target;
  readonly exported: readonly ExportedTable[];
  readonly options: PostgresExportOptions;
  readonly effects: PostgresExportEffects;
}

async function sendCurrent(sending: Sending, postgres: Postgres): Promise<SendResults> {
  const { release, target, exported, options, effects } = sending;
  const { withDuckDB } = await loadDuckDB();
  // Not opened as the database itself: beside one that is read-only DuckDB makes no other.
  // More threads would wait for each other, on a processor that Postgres needs.
  const settings = { threads: 1, tempDirectory: dataPaths(options.dataDir).temporary };
  return withDuckDB(settings, async (database) => {
    const [{ source, relations, formerReleases }, { sendRelease }] = await allEnded([
      openReleases(sending, database),
      import("./send-release.ts"),
    ]);
    const deliveries = planDeliveries(relations, options.isDemo);
    const stamp = { release: release.number, runId: release.state.runId, finishedAt: effects.now() };
    return sendRelease({ deliveries, target, exported, formerReleases, stamp, options }, { source, postgres });
  });
}

interface OpenReleases extends Pick<SendRequest, "formerReleases"> {
  readonly source: Connection;
  readonly relations: readonly ExportRelation[];
}

/** The release, and beside it those whose rows stand in the target. */
async function openReleases(
  { release, target, exported, options, effects }: Sending,
  database: Database,
): Promise<OpenReleases> {
  const { dataDir, isDemo, force } = options;
  const source = await database.connect();
  // Where a key stands Postgres keeps it, which spares looking for it in every row.
  const hasKey = (relation: string, key: TableKey): boolean => {
    const name = targetName(relation, isDemo);
    return !force && findTable(target, name)?.indexes.includes(keyName(name, key)) === true;
  };
  const runIds = force ? [] : exported.map((row) => row.rowsRunId).filter((id) => id !== release.state.runId);
  const [relations, formerReleases] = await allEnded([
    attachRelease(release, source).then(() => readReleaseRelations(source, { keyTests: effects.keyTests, hasKey })),
    // At the same time, on a connection of its own.
    database.connect().then((other) => attachFormerReleases(dataDir, new Set(runIds), other)),
  ]);
  return { source, relations, formerReleases };
}

async function attachRelease({ path }: CurrentRelease, source: Connection): Promise<void> {
  await source.run(`attach ${renderLiteral(path)} as warehouse (read_only)`);
  await source.run("use warehouse");
}

/** Whether an export of this very release has been committed. */
function showsRelease(exported: readonly ExportedTable[], { state }: CurrentRelease): boolean {
  return exported.length > 0 && exported.every((row) => row.runId === state.runId);
}

/** Whether all that was exported still stands there for the reader. */
function isComplete(target: Target, exported: readonly ExportedTable[]): boolean {
  return (
    target.schemas.every((schema) => schema.is_granted) &&
    exported.every((row) => findTable(target, row)?.is_granted === true)
  );
}

async function currentRelease(dataDir: string): Promise<CurrentRelease> {
  const release = await readCurrentRelease(dataDir);
  if (release !== null) return release;
  const hint = "npm run pipeline makes the first release.";
  throw new ProjectError([{ path: dataDir, message: "holds no release that could be exported", hint }], 1);
}

async function waitForTurn(
  postgres: Postgres,
  { waitSeconds }: PostgresExportOptions,
  { onWait }: PostgresExportEffects,
): Promise<void> {
  const answer = z.strictObject({ is_ours: z.boolean() });
  for (let waited = 0; ; waited++) {
    const [row] = await postgres.rows(answer, "select pg_try_advisory_xact_lock($1) as is_ours", [exportLock]);
    if (row?.is_ours === true) return;
    if (waited === 0) onWait();
    if (waited >= waitSeconds) {
      const hint = "It ends by itself, or with the process that runs it; then run the export again.";
      throw new ProjectError([{ path: "export", message: "another export into this database is at work", hint }], 1);
    }
    await sleep(1000);
  }
}

async function refuseOtherEncodings(postgres: Postgres): Promise<void> {
  const answer = z.strictObject({ server_encoding: z.string() });
  const [row] = await postgres.rows(answer, "show server_encoding");
  if (row === undefined || row.server_encoding === "UTF8") return;
  const message = `the database's encoding is ${row.server_encoding}, which cannot hold every name`;
  const hint = "Create one with: create database … encoding 'UTF8' template template0;";
  throw new ProjectError([{ path: "export", message, hint }], 1);
}
