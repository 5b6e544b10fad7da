import { z } from "zod";

import type { Connection } from "../warehouse/duckdb.ts";
import { batchPath } from "./batches.ts";
import type { Landing } from "./landings.ts";
import { sqlPath } from "./sql-text.ts";

/** What the Web API has told so far. */
export interface KnownApi {
  /** End of the newest landed play; null before the first poll. */
  readonly newestAt: Date | null;
  /** Landed plays that a poll may bring again: track id, or title and artist, and milliseconds of the end. */
  readonly keys: ReadonlySet<string>;
  /** Ids of tracks whose facts have landed. */
  readonly tracks: ReadonlySet<string>;
}

/** Polls ask for a week of plays before the newest one; what is older cannot come again. */
const recentMs = 9 * 86_400_000;

const keyRow = z.object({ play_key: z.string() });
const trackRow = z.object({ track_id: z.string() });

/** Reads what has landed of the Web API, the plays of the last days only. */
export async function readKnownApi(
  connection: Connection,
  dataDir: string,
  landings: readonly Landing[],
): Promise<KnownApi> {
  const api = landings.filter(({ source_kind: kind }) => kind === "api");
  const newestAt = api.reduce<Date | null>(
    (newest, { last_ended_at: last }) => (last !== null && (newest === null || last > newest) ? last : newest),
    null,
  );
  const oldest = new Date((newestAt?.getTime() ?? 0) - recentMs);
  const plays = api.filter(
    ({ table_name: table, last_ended_at: last }) => table === "listening_history" && last !== null && last >= oldest,
  );
  const fetches = api.filter(({ table_name: table }) => table === "my_tracks_features");
  const keys = await queryBatches(connection, plays, {
    dataDir,
    select: "concat(coalesce(track_id, concat(track_name, '|', artist_name)), ' ', epoch_ms(ended_at)) as play_key",
  });
  const tracks = await queryBatches(connection, fetches, { dataDir, select: "distinct track_id" });
  return {
    newestAt,
    keys: new Set(
      z
        .array(keyRow)
        .parse(keys)
        .map(({ play_key: key }) => key),
    ),
    tracks: new Set(
      z
        .array(trackRow)
        .parse(tracks)
        .map(({ track_id: id }) => id),
    ),
  };
}

async function queryBatches(
  connection: Connection,
  batches: readonly Landing[],
  { dataDir, select }: { readonly dataDir: string; readonly select: string },
): Promise<readonly unknown[]> {
  if (batches.length === 0) return [];
  const paths = batches.map(({ table_name: table, batch_id: id }) => sqlPath(batchPath(dataDir, table, id)));
  return connection.query(`select ${select} from read_parquet([${paths.join(", ")}], union_by_name = true)`);
}
