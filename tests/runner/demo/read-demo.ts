import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import * as z from "zod";

import { writeDemoExport } from "../../../runner/demo/write-demo-export.ts";
import { type Row, withDuckDB } from "../../../runner/warehouse/duckdb.ts";

const text = z.string().min(1).nullable();

const historyRow = z.strictObject({
  ts: z.iso.datetime({ precision: 0 }),
  platform: z.string().min(1),
  ms_played: z.int().min(0),
  conn_country: z.string().regex(/^[A-Z]{2}$/),
  ip_addr: z.string(),
  master_metadata_track_name: text,
  master_metadata_album_artist_name: text,
  master_metadata_album_album_name: text,
  spotify_track_uri: text,
  episode_name: text,
  episode_show_name: text,
  spotify_episode_uri: text,
  audiobook_title: text,
  audiobook_uri: text,
  audiobook_chapter_uri: text,
  audiobook_chapter_title: text,
  reason_start: z.string().min(1),
  reason_end: z.string().min(1),
  shuffle: z.boolean(),
  skipped: z.boolean(),
  offline: z.boolean(),
  offline_timestamp: z.int().nullable(),
  incognito_mode: z.boolean(),
});

const catalogueRow = z.strictObject({
  column00: z.int().min(0),
  track_id: z.string(),
  artists: z.string(),
  album_name: z.string(),
  track_name: z.string(),
  popularity: z.int().min(0).max(100),
  duration_ms: z.int().min(0),
  explicit: z.boolean(),
  danceability: z.number().min(0).max(1),
  energy: z.number().min(0).max(1),
  key: z.int().min(0).max(11),
  loudness: z.number().min(-50).max(4.6),
  mode: z.int().min(0).max(1),
  speechiness: z.number().min(0).max(1),
  acousticness: z.number().min(0).max(1),
  instrumentalness: z.number().min(0).max(1),
  liveness: z.number().min(0).max(1),
  valence: z.number().min(0).max(1),
  tempo: z.number().min(0).max(260),
  time_signature: z.int().min(0).max(5),
  track_genre: z.string(),
});

export type HistoryRow = z.infer<typeof historyRow>;
export type CatalogueRow = z.infer<typeof catalogueRow>;

/** A row of the export with the local time of its start, told by the runtime's own time zones. */
export interface Listened {
  readonly row: HistoryRow;
  readonly file: string;
  readonly startedAt: number;
  readonly date: string;
  readonly hour: number;
  readonly minuteOfDay: number;
  readonly isWeekend: boolean;
}

/** What everybody reads from the demo's files, checked field by field. */
export interface Demo {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly texts: ReadonlyMap<string, string>;
  readonly plays: readonly Listened[];
  readonly songs: readonly Listened[];
  readonly catalogue: readonly CatalogueRow[];
  readonly remove: () => Promise<void>;
}

/** Writes the demo into a fresh folder and reads it back. */
export async function readDemo(): Promise<Demo> {
  const parent = await mkdtemp(join(tmpdir(), "tonearm-demo-"));
  const folder = join(parent, "inbox");
  const paths = await writeDemoExport(folder);
  const texts = new Map<string, string>();
  for (const path of paths) texts.set(basename(path), await readFile(path, "utf8"));
  const plays = [...texts]
    .filter(([file]) => file.endsWith(".json"))
    .flatMap(([file, json]) =>
      z
        .array(historyRow)
        .parse(JSON.parse(json))
        .map((row) => listened(file, row)),
    );
  const songs = plays.filter(({ row }) => row.spotify_track_uri !== null);
  const catalogue = z.array(catalogueRow).parse(await readCsv(join(folder, "demo_tracks.csv")));
  return { folder, paths, texts, plays, songs, catalogue, remove: () => rm(parent, { recursive: true }) };
}

/** Date and time in Berlin. */
export const berlin = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Europe/Berlin",
  dateStyle: "short",
  timeStyle: "medium",
});

export function songOf({ row }: Listened): string {
  return `${row.master_metadata_track_name} by ${row.master_metadata_album_artist_name}`;
}

export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** How often each item occurs, the most frequent first. */
export function counted<T>(items: Iterable<T>): ReadonlyMap<T, number> {
  const groups = groupBy(items, (item) => item);
  return new Map([...groups].map(([key, group]) => [key, group.length] as const).toSorted((a, b) => b[1] - a[1]));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function listened(file: string, row: HistoryRow): Listened {
  const startedAt = Date.parse(row.ts) - row.ms_played;
  const [date = "", time = ""] = berlin.format(startedAt).split(" ");
  const hour = Number(time.slice(0, 2));
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  return { row, file, startedAt, date, hour, minuteOfDay: hour * 60 + Number(time.slice(3, 5)), isWeekend };
}

async function readCsv(path: string): Promise<readonly Row[]> {
  return withDuckDB({}, async (database) => {
    const connection = await database.connect();
    return connection.query(`from read_csv('${path.replaceAll("'", "''")}', header = true, strict_mode = true)`);
  });
}
