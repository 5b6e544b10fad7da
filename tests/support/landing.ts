import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { ingest, type IngestOptions, type IngestReport } from "../../runner/ingest/ingest.ts";
import { type Cell, type Row, withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { inScratchFolder } from "./scratch-folder.ts";

/** A fresh folder with a data folder in it and a place for what is to land. */
export interface LandingBench {
  readonly root: string;
  readonly dataDir: string;
  /** Writes a file below the root and gives its path. */
  readonly write: (name: string, content: string | Buffer | readonly unknown[]) => Promise<string>;
  readonly land: (paths: readonly string[], options?: Partial<IngestOptions>) => Promise<IngestReport>;
  /** Rows of a landed table's files. */
  readonly rows: (table: string, sql?: string) => Promise<readonly Row[]>;
}

/** The columns as the landing layer's contract has them. */
export const declaredTables = {
  listening_history: columns(`account VARCHAR, source_kind VARCHAR, batch_id VARCHAR, file VARCHAR, row_number BIGINT,
    ended_at TIMESTAMP, ms_played BIGINT, media_type VARCHAR, track_id VARCHAR, track_name VARCHAR, artist_name VARCHAR,
    album_name VARCHAR, episode_id VARCHAR, episode_name VARCHAR, show_name VARCHAR, audiobook_id VARCHAR,
    audiobook_title VARCHAR, chapter_id VARCHAR, chapter_title VARCHAR, author_name VARCHAR, platform VARCHAR, country VARCHAR,
    reason_start VARCHAR, reason_end VARCHAR, shuffle BOOLEAN, skipped BOOLEAN, offline BOOLEAN, offline_at TIMESTAMP,
    incognito BOOLEAN, context_uri VARCHAR, landed_at TIMESTAMP`),
  kaggle_tracks: columns(`batch_id VARCHAR, line_number BIGINT, row_index BIGINT, track_id VARCHAR, artists VARCHAR,
    album_name VARCHAR, track_name VARCHAR, popularity INTEGER, duration_ms BIGINT, explicit BOOLEAN,
    danceability DOUBLE, energy DOUBLE, key INTEGER, loudness DOUBLE, mode INTEGER, speechiness DOUBLE,
    acousticness DOUBLE, instrumentalness DOUBLE, liveness DOUBLE, valence DOUBLE, tempo DOUBLE,
    time_signature INTEGER, track_genre VARCHAR, landed_at TIMESTAMP`),
  my_tracks_features: columns(`batch_id VARCHAR, track_id VARCHAR, track_name VARCHAR, artist_name VARCHAR,
    album_id VARCHAR, album_name VARCHAR, album_type VARCHAR, release_date VARCHAR, release_date_precision VARCHAR,
    duration_ms BIGINT, is_explicit BOOLEAN, isrc VARCHAR, danceability DOUBLE, energy DOUBLE, key INTEGER,
    loudness DOUBLE, mode INTEGER, speechiness DOUBLE, acousticness DOUBLE, instrumentalness DOUBLE, liveness DOUBLE,
    valence DOUBLE, tempo DOUBLE, time_signature INTEGER, has_asked_features BOOLEAN, fetched_at TIMESTAMP`),
  landings: columns(`batch_id VARCHAR, table_name VARCHAR, source_kind VARCHAR, account VARCHAR, person VARCHAR,
    export_id VARCHAR, file VARCHAR, sha256 VARCHAR, bytes BIGINT,
    rows_read BIGINT, rows_landed BIGINT, rows_rejected BIGINT, rejections VARCHAR,
    gaps VARCHAR, first_ended_at TIMESTAMP, last_ended_at TIMESTAMP, landed_at TIMESTAMP`),
};

/** The moment of landing where a test names none. */
export const landedAt = new Date("2026-11-22T10:00:00.000Z");

/** Gives a test a bench of its own and clears it away afterwards. */
export async function withLandingBench(use: (bench: LandingBench) => Promise<void>): Promise<void> {
  await inScratchFolder(async (root) => {
    const dataDir = join(root, "data");
    await use({
      root,
      dataDir,
      async write(name, content) {
        const path = join(root, name);
        await mkdir(dirname(path), { recursive: true });
        const isFinal = typeof content === "string" || Buffer.isBuffer(content);
        await writeFile(path, isFinal ? content : JSON.stringify(content));
        return path;
      },
      land: (paths, options) => ingest(paths, { dataDir, account: "me", landedAt, tables: declaredTables, ...options }),
      rows: (table, sql = "select * from landed") => query(join(dataDir, "bronze", table, "*.parquet"), sql),
    });
  });
}

/** The text in a cell; fails where there is none. */
export function textOf(cell: Cell | undefined): string {
  if (typeof cell !== "string") throw new Error("The cell holds no text.");
  return cell;
}

async function query(pattern: string, sql: string): Promise<readonly Row[]> {
  return withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run(`create view landed as select * from read_parquet('${pattern}')`);
    return connection.query(sql);
  });
}

function columns(text: string): readonly { name: string; dataType: string }[] {
  return text.split(",").map((column) => {
    const [name = "", dataType = ""] = column.trim().split(" ");
    return { name, dataType };
  });
}
