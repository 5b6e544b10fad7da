import * as z from "zod";

import type { Connection } from "../warehouse/duckdb.ts";
import { batchPath } from "./batches.ts";
import type { Landing } from "./landings.ts";
import { sqlPath, sqlText, sqlTimestamp } from "./sql-text.ts";

/** Where what has landed is read from. */
export interface LandedApi {
  readonly connection: Connection;
  readonly dataDir: string;
  readonly landings: readonly Landing[];
}

const keyRow = z.object({ play_key: z.string() });
const trackRow = z.object({ track_id: z.string() });

/** End of the newest play that a poll landed; null before the first. */
export function newestPlayAt(landings: readonly Landing[]): Date | null {
  return landings.reduce<Date | null>(
    (newest, { source_kind: kind, last_ended_at: last }) =>
      kind === "api" && last !== null && (newest === null || last > newest) ? last : newest,
    null,
  );
}

/** What makes a landed play the same one: its track, or title and artist where it has no id, and the millisecond of its end. */
export function landedKey(play: {
  readonly trackId: string | null;
  readonly trackName: string;
  readonly artistName: string | null;
  readonly playedAt: Date;
}): string {
  return `${play.trackId ?? `${play.trackName}|${play.artistName ?? ""}`} ${play.playedAt.getTime()}`;
}

/** The keys of the plays that polls landed and that ended at `since` or later. */
export async function readKnownPlays(landed: LandedApi, since: Date): Promise<ReadonlySet<string>> {
  const rows = await query(landed, "listening_history", {
    isRead: ({ last_ended_at: last }) => last !== null && last >= since,
    select: "concat(coalesce(track_id, concat(track_name, '|', artist_name)), ' ', epoch_ms(ended_at)) as play_key",
    where: `ended_at >= ${sqlTimestamp(since)}`,
  });
  const keys = z.array(keyRow).parse(rows);
  return new Set(keys.map(({ play_key: key }) => key));
}

/** Which of the tracks some fetch or poll has told of. */
export async function readKnownTracks(landed: LandedApi, trackIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (trackIds.length === 0) return new Set();
  const rows = await query(landed, "my_tracks_features", {
    isRead: () => true,
    select: "distinct track_id",
    where: `track_id in (${trackIds.map(sqlText).join(", ")})`,
  });
  const tracks = z.array(trackRow).parse(rows);
  return new Set(tracks.map(({ track_id: id }) => id));
}

async function query(
  { connection, dataDir, landings }: LandedApi,
  table: string,
  {
    isRead,
    select,
    where,
  }: { readonly isRead: (landing: Landing) => boolean; readonly select: string; readonly where: string },
): Promise<readonly unknown[]> {
  const batches = landings.filter(
    (landing) => landing.source_kind === "api" && landing.table_name === table && isRead(landing),
  );
  if (batches.length === 0) return [];
  const paths = batches.map(({ batch_id: id }) => sqlPath(batchPath(dataDir, table, id)));
  return connection.query(
    `select ${select} from read_parquet([${paths.join(", ")}], union_by_name = true) where ${where}`,
  );
}
