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

/** What is made ahead of Postgres, so that neither waits for the other. */
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

/** Begins to make the batches of all tasks that send rows, in their order; of each one at least the last. */
export function batchesAhead(tasks: readonly Task[], source: Connection): BatchesAhead {
  const made = prefetch(tableBatches(tasks, source), { weigh: batchBytes, limit: bytesAhead });
  const first = made.next();
  // An error counts only where it is waited for.
  first.catch(() => undefined);
  return { batches: continued(first, made), stop: async () => void (await made.return(undefined)) };
}

async function* continued<T>(first: Promise<IteratorResult<T, void>>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  const { done, value } = await first;
  if (done === true) return;
  yield value;
  yield* rest;
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
