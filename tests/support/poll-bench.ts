import { batchPath, listBatches } from "../../runner/ingest/batches.ts";
import { poll, type PollOptions, type PollReport } from "../../runner/ingest/poll.ts";
import { type Row, withDuckDB } from "../../runner/warehouse/duckdb.ts";
import type { FakePlay } from "./fake-spotify-state.ts";
import { declaredTables } from "./landing.ts";
import { benchStart, type SpotifyBench, withSpotifyBench } from "./spotify-bench.ts";

/** A bench whose polls land in its data folder. */
export interface PollBench extends SpotifyBench {
  /** Polls with a budget of no tracks unless said. */
  readonly poll: (options?: Partial<PollOptions>) => Promise<PollReport>;
  /** What a SELECT gives of the batches of a table that count, which it calls `landed`. */
  readonly landed: (table: keyof typeof declaredTables, sql: string) => Promise<readonly Row[]>;
}

/** Runs a test with a bench whose user logged in at the start and has not listened yet. */
export async function withPollBench(use: (bench: PollBench) => Promise<void>): Promise<void> {
  await withSpotifyBench((bench) =>
    use({
      ...bench,
      poll: (options) =>
        poll(bench.client, {
          dataDir: bench.dataDir,
          account: "me",
          tables: declaredTables,
          trackBudget: 0,
          ...options,
        }),
      landed: (table, sql) => queryLanded(bench.dataDir, table, sql),
    }),
  );
}

/** What a SELECT gives of the batches of a table that count, which it calls `landed`; nothing where there are none. */
export async function queryLanded(dataDir: string, table: string, sql: string): Promise<readonly Row[]> {
  const ids = (await listBatches(dataDir))[table] ?? [];
  if (ids.length === 0) return [];
  const paths = ids.map((id) => `'${batchPath(dataDir, table, id)}'`).join(", ");
  return withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run(`create view landed as select * from read_parquet([${paths}], union_by_name = true)`);
    return connection.query(sql);
  });
}

/** An id of Spotify's length that ends in a number. */
export function idOf(number: number): string {
  return `track${String(number).padStart(17, "0")}`;
}

/** A play that ended so many minutes after the start of the bench, or before, of the track of that number unless said. */
export function playAt(minutes: number, more: Partial<FakePlay> = {}): FakePlay {
  return { trackId: idOf(Math.abs(minutes)), playedAt: minutesAfterStart(minutes), ...more };
}

/** A moment by the bench's clock. */
export function minutesAfterStart(minutes: number): Date {
  return new Date(benchStart.getTime() + minutes * 60_000);
}

/** Tracks, by the end of their ids, and ends of the landed plays, oldest first. */
export function landedPlays({ landed }: Pick<PollBench, "landed">): Promise<readonly Row[]> {
  return landed(
    "listening_history",
    `select coalesce(right(track_id, 3), track_name) as track, strftime(ended_at, '%m-%d %H:%M:%S.%g') as ended
     from landed order by ended_at, track`,
  );
}

/** A row of which these columns, by their names between white space, are null. */
export function nullColumns(names: string): Readonly<Record<string, null>> {
  return Object.fromEntries(names.split(/\s+/).map((name) => [name, null]));
}
