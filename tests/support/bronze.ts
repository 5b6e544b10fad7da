import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { parse } from "yaml";
import * as z from "zod";

import { type Connection, withDuckDB } from "../../runner/warehouse/duckdb.ts";

/** A row of a bronze table; columns left out are null. */
export type BronzeRow = Readonly<Record<string, string | number | boolean | null>>;

/** What one file would land: rows of one table, and how they got there. */
export interface BronzeFile {
  readonly table: "listening_history" | "kaggle_tracks" | "my_tracks_features";
  readonly file: string;
  readonly rows: readonly BronzeRow[];
  readonly sourceKind?: "extended" | "account" | "api";
  /** Times that a poll of the Web API found unseen. */
  readonly gaps?: readonly { readonly from: string; readonly to: string }[];
  /** Moment of landing, UTC, as `2026-11-22 10:00:00`. */
  readonly landedAt?: string;
  /** Gives the same rows another batch id, as a file with other white space would have. */
  readonly salt?: string;
}

const columnSchema = z.object({ name: z.string(), data_type: z.string() });
const projectSchema = z.object({
  sources: z.array(z.object({ tables: z.array(z.object({ name: z.string(), columns: z.array(columnSchema) })) })),
});
type Column = z.infer<typeof columnSchema>;

/** A file of an extended history. */
export function extendedFile(file: string, rows: readonly BronzeRow[]): BronzeFile {
  return { table: "listening_history", file, rows, sourceKind: "extended" };
}

/** A file of account data. */
export function accountFile(file: string, rows: readonly BronzeRow[]): BronzeFile {
  return { table: "listening_history", file, rows, sourceKind: "account" };
}

/** A poll of the Web API. */
export function pollFile(
  rows: readonly BronzeRow[],
  gaps: readonly { readonly from: string; readonly to: string }[] = [],
): BronzeFile {
  return { table: "listening_history", file: "recently-played", rows, sourceKind: "api", gaps };
}

/** A catalogue; what a row leaves out is ordinary. */
export function catalogueFile(rows: readonly BronzeRow[]): BronzeFile {
  return { table: "kaggle_tracks", file: "catalogue.csv", rows: rows.map((row) => ({ ...ordinarySong, ...row })) };
}

const ordinarySong = {
  popularity: 50,
  duration_ms: 200_000,
  explicit: false,
  danceability: 0.5,
  energy: 0.5,
  key: 1,
  loudness: -8,
  mode: 1,
  speechiness: 0.1,
  acousticness: 0.2,
  instrumentalness: 0,
  liveness: 0.1,
  valence: 0.5,
  tempo: 120,
  time_signature: 4,
  track_genre: "pop",
} as const;

/** Writes files as batches with their landing records straight into a data folder, past ingest, one after the other. */
export async function landInBronze(dataDir: string, files: readonly BronzeFile[]): Promise<void> {
  const tables = await declaredTables();
  await withDuckDB({}, async (database) => {
    const connection = await database.connect();
    for (const file of files) await landFile(file, { dataDir, tables, connection });
  });
}

interface Target {
  readonly dataDir: string;
  readonly tables: ReadonlyMap<string, readonly Column[]>;
  readonly connection: Connection;
}

async function landFile(file: BronzeFile, target: Target): Promise<void> {
  const content = JSON.stringify([file.salt ?? "", file.rows, ...(file.gaps ?? [])]);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const shared = {
    batch_id: sha256.slice(0, 16),
    file: file.file,
    source_kind: file.sourceKind ?? null,
    landed_at: file.landedAt ?? "2026-11-22 10:00:00",
  };
  const position = file.table === "kaggle_tracks" ? "line_number" : "row_number";
  const rows = file.rows.map((row, index) => ({
    account: "me",
    fetched_at: shared.landed_at,
    ...shared,
    [position]: index + 1,
    ...row,
  }));
  const ends = file.rows.flatMap(({ ended_at: end }) => (typeof end === "string" ? end : [])).toSorted();
  const record = {
    ...shared,
    table_name: file.table,
    sha256,
    bytes: content.length,
    rows_read: rows.length,
    rows_landed: rows.length,
    rows_rejected: 0,
    rejections: "[]",
    gaps: file.gaps === undefined ? null : JSON.stringify(file.gaps),
    first_ended_at: ends[0] ?? null,
    last_ended_at: ends.at(-1) ?? null,
  };
  await writeBatch(shared.batch_id, rows, { ...target, table: file.table });
  await writeBatch(shared.batch_id, [record], { ...target, table: "landings" });
}

async function writeBatch(
  batchId: string,
  rows: readonly BronzeRow[],
  target: Target & { readonly table: string },
): Promise<void> {
  const { table } = target;
  const folder = join(target.dataDir, "bronze", table);
  await mkdir(folder, { recursive: true });
  const columns = (target.tables.get(table) ?? []).map(({ name, data_type: type }) => `${name}: '${type}'`);
  const path = join(folder, batchId);
  await writeFile(`${path}.json`, JSON.stringify(rows));
  await target.connection.run(`copy (
    select * from read_json('${path}.json', format = 'array', columns = {${columns.join(", ")}})
  ) to '${path}.parquet' (format parquet)`);
  await rm(`${path}.json`);
}

/** The columns that project.yml declares, so that fixtures follow the contract. */
async function declaredTables(): Promise<ReadonlyMap<string, readonly Column[]>> {
  const text = await readFile(resolve(import.meta.dirname, "../../project.yml"), "utf8");
  const { sources } = projectSchema.parse(parse(text));
  return new Map(sources.flatMap(({ tables }) => tables).map(({ name, columns }) => [name, columns]));
}
