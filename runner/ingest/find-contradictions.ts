import type { Connection } from "../warehouse/duckdb.ts";
import { batchPath } from "./batches.ts";
import type { Landing } from "./landings.ts";
import { sqlPath, sqlText } from "./sql-text.ts";

/** Two exports that tell of the same days, but not of the same plays. */
export interface Contradiction {
  readonly newFiles: readonly Landing[];
  readonly oldFiles: readonly Landing[];
  /** First and last day that both cover whole, `2020-01-31`. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** What the export with fewer of them tells for those days, a title counted once a day, and how many the other has too. */
  readonly titles: number;
  readonly shared: number;
}

interface Export {
  readonly id: string;
  readonly files: readonly Landing[];
  readonly first: Date;
  readonly last: Date;
}

/** Exports of one life share nearly all; those of two people hardly anything. With fewer titles nothing is said. */
const leastTitles = 10;
const leastShare = 0.5;

/** Compares the exports that just landed with those that landed before, where both tell of the same days. */
export async function findContradictions(
  landings: readonly Landing[],
  newBatches: ReadonlySet<string>,
  { connection, dataDir }: { readonly connection: Connection; readonly dataDir: string },
): Promise<readonly Contradiction[]> {
  const plays = landings.filter(
    ({ table_name: table, rows_landed: rows }) => table === "listening_history" && rows > 0,
  );
  const exports = groupExports(plays);
  const found: Contradiction[] = [];
  for (const [at, newer] of exports.entries()) {
    if (!newer.files.some((file) => newBatches.has(file.batch_id))) continue;
    for (const [place, older] of exports.entries()) {
      const isSeenBefore = place >= at && older.files.some((file) => newBatches.has(file.batch_id));
      if (place === at || isSeenBefore || newer.first > older.last || older.first > newer.last) continue;
      const contradiction = await compare(newer, older, { connection, dataDir });
      if (contradiction !== undefined) found.push(contradiction);
    }
  }
  return found;
}

function groupExports(files: readonly Landing[]): readonly Export[] {
  const groups = new Map<string, Landing[]>();
  for (const file of files) {
    const id = file.export_id ?? file.batch_id;
    groups.set(id, [...(groups.get(id) ?? []), file]);
  }
  return [...groups].flatMap(([id, members]) => {
    const ends = members.flatMap(({ first_ended_at: first, last_ended_at: last }) => [first, last]);
    const moments = ends.flatMap((end) => (end === null ? [] : [end.getTime()]));
    if (moments.length === 0) return [];
    return [{ id, files: members, first: new Date(Math.min(...moments)), last: new Date(Math.max(...moments)) }];
  });
}

async function compare(
  newer: Export,
  older: Export,
  { connection, dataDir }: { readonly connection: Connection; readonly dataDir: string },
): Promise<Contradiction | undefined> {
  // The days on which an export begins and ends it tells only in part.
  const firstDay = dayAfter(newer.first > older.first ? newer.first : older.first, 1);
  const lastDay = dayAfter(newer.last < older.last ? newer.last : older.last, -1);
  if (firstDay > lastDay) return undefined;
  const titles = ({ files }: Export): string => `
    select distinct
        media_type,
        ended_at::date as ended_on,
        lower(coalesce(track_name, episode_name, chapter_title, audiobook_title)) as title
    from read_parquet([${files.map((file) => sqlPath(batchPath(dataDir, "listening_history", file.batch_id))).join(", ")}])
    where ended_at::date between ${sqlText(firstDay)} and ${sqlText(lastDay)} and media_type != 'unknown'`;
  const [row] = await connection.query(`
    with newer as (${titles(newer)}), older as (${titles(older)}),
    kinds as (
        select
            least(count(*) filter (in_newer), count(*) filter (in_older)) as titles,
            count(*) filter (in_newer and in_older) as shared
        from (
            select media_type, bool_or(is_new) as in_newer, bool_or(not is_new) as in_older
            from (select *, true as is_new from newer union all select *, false from older)
            group by media_type, ended_on, title
        )
        group by media_type
    )
    -- A kind of media that only one of them has is no contradiction.
    select coalesce(sum(titles), 0)::int as titles, coalesce(sum(shared), 0)::int as shared from kinds`);
  const [all, shared] = [Number(row?.["titles"]), Number(row?.["shared"])];
  if (all < leastTitles || shared >= all * leastShare) return undefined;
  return { newFiles: newer.files, oldFiles: older.files, firstDay, lastDay, titles: all, shared };
}

function dayAfter(moment: Date, days: number): string {
  return new Date(moment.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}
