import { prefetch } from "../prefetch.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { csvBatches, csvOfSmall, isSmall } from "./csv-batches.ts";
import type { FormerRows, Task } from "./export-tasks.ts";
import type { ExportRelation } from "./export-relation.ts";
import { findDifference, goneKeys, hasCome } from "./row-difference.ts";

/** A part of what one table's rows become: first those that go, by arrays of their keys or all of them, then those that come, as CSV. */
export type TableBatch =
  | { readonly kind: "gone"; readonly keys: readonly string[] | "all" }
  | { readonly kind: "come"; readonly texts: readonly Buffer[]; readonly isLast: boolean };

/** What each connection makes ahead of Postgres, so that neither waits for the other. */
const bytesAhead = 4_000_000;

/** The batches of some tasks while they are made. */
export interface BatchesAhead {
  readonly batches: AsyncGenerator<TableBatch>;
  /** Ends all that is at work for them. */
  readonly stop: () => Promise<void>;
}

/** Whether all rows of a table are sent, and written together with those of others. */
export function isSmallTask({ delivery, former }: Task): boolean {
  return delivery !== null && former === null && isSmall(delivery.relation);
}

/**
 * Begins to make the batches of all tasks that send rows, in their order; of each one at least the last. The connections take turns: while Postgres
 * takes the rows of one table, each makes those of another.
 */
export function batchesAhead(tasks: readonly Task[], sources: readonly Connection[]): BatchesAhead {
  const sending = tasks.filter(({ delivery }) => delivery !== null);
  const lanes = sources.map((source, lane): Lane => {
    const own = sending.filter((_, place) => place % sources.length === lane);
    const batches = prefetch(tableBatches(own, source), { weigh: batchBytes, limit: bytesAhead });
    return { batches, next: soon(batches) };
  });
  return {
    batches: inTurns(lanes, sending.length),
    stop: async () => void (await Promise.all(lanes.map(({ batches }) => batches.return(undefined)))),
  };
}

async function* inTurns(lanes: readonly Lane[], tables: number): AsyncGenerator<TableBatch> {
  for (let place = 0; place < tables; place++) {
    const lane = lanes[place % lanes.length];
    if (lane !== undefined) yield* nextTable(lane);
  }
}

/** A connection's batches, the next of which is asked for already. */
interface Lane {
  readonly batches: AsyncGenerator<TableBatch>;
  next: Promise<IteratorResult<TableBatch>>;
}

async function* nextTable(lane: Lane): AsyncGenerator<TableBatch> {
  for (;;) {
    const { done, value } = await lane.next;
    if (done === true) throw new Error("The rows of a table end before their last batch.");
    lane.next = soon(lane.batches);
    yield value;
    if (value.kind === "come" && value.isLast) return;
  }
}

/** The next item, asked for now; an error counts only where it is waited for. */
function soon<T>(items: AsyncGenerator<T>): Promise<IteratorResult<T>> {
  const next = items.next();
  next.catch(() => undefined);
  return next;
}

/** About how many bytes a batch takes. */
function batchBytes(batch: TableBatch): number {
  if (batch.kind === "come") return batch.texts.reduce((sum, text) => sum + text.length, 0);
  return batch.keys === "all" ? 0 : batch.keys.reduce((sum, key) => sum + key.length, 0);
}

async function* tableBatches(tasks: readonly Task[], source: Connection): AsyncGenerator<TableBatch> {
  const small = tasks.filter(isSmallTask).flatMap(({ delivery }) => (delivery === null ? [] : [delivery.relation]));
  let textsOfSmall: ReadonlyMap<string, Buffer> | null = null;
  for (const { delivery, former } of tasks) {
    if (delivery === null) continue;
    const { relation } = delivery;
    if (small.includes(relation)) {
      textsOfSmall ??= await csvOfSmall(small, source);
      yield { kind: "gone", keys: "all" };
      yield { kind: "come", texts: [textsOfSmall.get(relation.relation) ?? Buffer.alloc(0)], isLast: true };
    } else {
      yield* largeBatches(relation, former, source);
    }
  }
}

async function* largeBatches(
  relation: ExportRelation,
  former: FormerRows | null,
  source: Connection,
): AsyncGenerator<TableBatch> {
  const isPart = former !== null && (await isWorthIt(relation, former, source));
  const keys = isPart ? await goneKeys(relation, former, source) : (["all"] as const);
  for (const gone of keys) yield { kind: "gone", keys: gone };
  const come = csvBatches(relation, source, isPart ? hasCome : "true");
  for await (const texts of come) yield { kind: "come", texts, isLast: false };
  yield { kind: "come", texts: [], isLast: true };
}

/** Whether less than half of the rows differ: a row that is looked up by its key costs twice what one of all costs. */
async function isWorthIt(relation: ExportRelation, former: FormerRows, source: Connection): Promise<boolean> {
  const difference = await findDifference(relation, former, source);
  return difference !== null && Math.max(difference.gone, difference.come) * 2 < relation.rows;
}
