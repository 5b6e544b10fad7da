import { mostPlays, playKey, type RecentlyPlayed } from "./recently-played.ts";

/** A device may play offline for 30 days before it has to tell; 50 rows are few enough to be asked for again. */
const lateMs = 31 * 86_400_000;

/** A time between two plays of which plays may have come and gone unseen, because only the 50 newest exist. */
export interface Gap {
  readonly from: Date;
  readonly to: Date;
}

/** What is known of the plays before a poll: the newest, null before the first poll, and each by its `playKey`. */
export interface KnownPlays {
  readonly newestAt: Date | null;
  readonly keys: ReadonlySet<string>;
}

/** Where a poll begins: well before the newest known play, so that late rows come and the rows overlap what is known. */
export function pollStart({ newestAt }: Pick<KnownPlays, "newestAt">): Date | null {
  return newestAt === null ? null : new Date(newestAt.getTime() - lateMs);
}

/** The gap between what is known and a poll that brought all 50 rows and none that is known; null when nothing can be missing. */
export function findGap({ plays, rejected }: RecentlyPlayed, { newestAt, keys }: KnownPlays): Gap | null {
  const oldest = plays.at(-1);
  if (newestAt === null || oldest === undefined || plays.length + rejected.length < mostPlays) return null;
  if (plays.some((play) => keys.has(playKey(play)))) return null;
  return { from: newestAt, to: oldest.playedAt };
}
