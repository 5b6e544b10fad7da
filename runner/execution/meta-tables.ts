import { readdir } from "node:fs/promises";
import { join } from "node:path";

import type { Manifest } from "../compile/manifest.ts";
import { renderLiteral } from "../compile/helpers.ts";
import { type MetaTable, relationsTable, runsTable, testsTable } from "../compile/meta-tables.ts";
import type { BuildState } from "../graph/build-state.ts";
import { kindOf } from "../materializations/materialize.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { readJournal } from "./journal.ts";
import type { JournalEntry } from "./journal-events.ts";

/** Writes `meta.relations`, `meta.runs` and `meta.tests` into the build; older runs stay as the last release has them. */
export async function writeMetaTables(
  connection: Connection,
  from: { readonly manifest: Manifest; readonly state: BuildState; readonly runsFolder: string },
): Promise<void> {
  await connection.run("begin");
  await replace(connection, relationsTable, relationRows(from.manifest, from.state));
  const since = await create(connection, [runsTable, testsTable]);
  for (const file of (await readdir(from.runsFolder)).toSorted()) {
    const runId = file.replace(/\.jsonl$/, "");
    if (!file.endsWith(".jsonl") || runId <= since) continue;
    const entries = await readJournal(join(from.runsFolder, file));
    await insert(connection, runsTable, runRows(runId, entries));
    await insert(connection, testsTable, testRows(runId, entries));
  }
  await connection.run("commit");
}

/** Creates what is missing of the tables that grow; gives the newest finished run they hold, and removes later ones. */
async function create(connection: Connection, tables: readonly MetaTable[]): Promise<string> {
  for (const table of tables) {
    await connection.run(`create table if not exists meta.${table.name} (${columnList(table)})`);
    await describe(connection, table);
  }
  // A run that had not ended when its row was written is read again.
  const [row] = await connection.query(
    "select coalesce(max(run_id), '') as since from meta.runs where run_id < coalesce((select min(run_id) from meta.runs where status is null), 'Z')",
  );
  const since = typeof row?.["since"] === "string" ? row["since"] : "";
  for (const { name } of tables)
    await connection.run(`delete from meta.${name} where run_id > ${renderLiteral(since)}`);
  return since;
}

async function replace(connection: Connection, table: MetaTable, rows: readonly (readonly unknown[])[]): Promise<void> {
  await connection.run(`create or replace table meta.${table.name} (${columnList(table)})`);
  await describe(connection, table);
  await insert(connection, table, rows);
}

async function insert(connection: Connection, table: MetaTable, rows: readonly (readonly unknown[])[]): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row) => `(${row.map(renderLiteral).join(", ")})`).join(",\n");
  await connection.run(`insert into meta.${table.name} values ${values}`);
}

async function describe(connection: Connection, { name, description, columns }: MetaTable): Promise<void> {
  await connection.run(`comment on table meta.${name} is ${renderLiteral(description)}`);
  for (const [column, , text] of columns) {
    await connection.run(`comment on column meta.${name}.${column} is ${renderLiteral(text)}`);
  }
}

function columnList({ columns }: MetaTable): string {
  return columns.map(([name, type]) => `${name} ${type}`).join(", ");
}

function relationRows(manifest: Manifest, state: BuildState): readonly (readonly unknown[])[] {
  return manifest.order.flatMap((uniqueId) => {
    const node = manifest.nodes[uniqueId];
    const known = state.nodes[uniqueId];
    if (node === undefined || known === undefined) return [];
    const { rows, builtBy, builtAt, contentHash, held } = known;
    const built = [builtBy, naive(builtAt), contentHash];
    return [[node.relation, kindOf(node), rows, ...built, naive(held?.since ?? null), held?.reason ?? null]];
  });
}

function runRows(runId: string, entries: readonly JournalEntry[]): readonly (readonly unknown[])[] {
  const started = entries.find((entry) => entry.event === "run_started");
  if (started === undefined) return [];
  const finished = entries.find((entry) => entry.event === "run_finished");
  const nodes = entries.filter((entry) => entry.event === "node_finished");
  if (nodes.length === 0) return [];
  const count = (status: string): number => nodes.filter((node) => node.status === status).length;
  const times = [naive(started.at), naive(finished?.at ?? null), finished?.status ?? null];
  return [[runId, started.command, ...times, count("success"), count("error"), count("skipped")]];
}

function testRows(runId: string, entries: readonly JournalEntry[]): readonly (readonly unknown[])[] {
  return entries.flatMap((entry) => {
    if (entry.event !== "test_finished") return [];
    const { test, node, status, failures, severity, at } = entry;
    return [[runId, test, node, status, failures, severity, naive(at)]];
  });
}

/** ISO time without its Z: the columns are naive UTC. */
function naive(time: string | null): string | null {
  return time === null ? null : time.replace("T", " ").replace(/Z$/, "");
}
