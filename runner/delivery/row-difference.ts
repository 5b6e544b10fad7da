import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { hasRowNumbers } from "./csv-batches.ts";
import type { FormerRows } from "./export-tasks.ts";
import { type ExportColumn, type ExportRelation, quote, quoteRelation, type TableKey } from "./export-relation.ts";
import { postgresType } from "./postgres-types.ts";

/** How many rows of the former release have gone or are otherwise now, and how many have come or are. */
export interface RowDifference {
  readonly gone: number;
  readonly come: number;
}

/** As many keys as one statement takes at least, but for the last of a table. */
const keysPerBatch = 8192;
/** Types of which two equal values are written in one way. */
const equalMeansSame =
  /^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(.*\)|DATE|TIME|TIMESTAMP.*|UUID|VARCHAR|BLOB)$/;

/** Condition of the rows that the last difference found to have come, in the relation itself. */
export const hasCome = "rowid in (select new_row from temp.difference)";

/**
 * Compares a relation with the table that a former release had under its name, rows of one key by a hash of 64 bits as content hashes are made of,
 * and keeps the numbers of the rows that differ in `temp.difference`. Null where the columns were others.
 */
export async function findDifference(
  relation: ExportRelation,
  { database, key }: FormerRows,
  source: Connection,
): Promise<RowDifference | null> {
  const former = await source.query(`describe ${database}.${quoteRelation(relation.relation)}`);
  const before = former.map((row) => `${cellText(row["column_name"])} ${cellText(row["column_type"])}`);
  const now = relation.columns.map(({ name, type }) => `${name} ${type}`);
  if (before.join("\n") !== now.join("\n") || !(await hasRowNumbers(relation, source))) return null;
  await source.run(renderDifference(relation, database, key));
  const [counts] = await source.query("select count(old_row) as gone, count(new_row) as come from temp.difference");
  return { gone: Number(counts?.["gone"]), come: Number(counts?.["come"]) };
}

/** The keys of the rows that the last difference found gone, some thousand at a time, by column, as Postgres reads them. */
export async function* goneKeys(
  relation: ExportRelation,
  { database, key }: FormerRows,
  source: Connection,
): AsyncGenerator<readonly (readonly string[])[]> {
  const texts = key.columns.flatMap((name) => {
    const column = relation.columns.find((found) => found.name === name);
    const mapped = column && postgresType(column);
    return mapped === undefined ? [] : [mapped.text(quote(name))];
  });
  const rows = source.chunks(
    `select ${texts.join(", ")} from ${database}.${quoteRelation(relation.relation)}
    where rowid in (select old_row from temp.difference)`,
  );
  let keys = texts.map((): string[] => []);
  for await (const columns of rows) {
    for (const [index, values] of columns.entries()) keys[index]?.push(...values.map(String));
    if ((keys[0]?.length ?? 0) < keysPerBatch) continue;
    yield keys;
    keys = texts.map(() => []);
  }
  if ((keys[0]?.length ?? 0) > 0) yield keys;
}

function renderDifference(relation: ExportRelation, database: string, key: TableKey): string {
  const same = key.columns.map((_, index) => `old.key_${index} = new.key_${index}`);
  return `create or replace temporary table difference as
select old.row_number as old_row, new.row_number as new_row
from (${renderRows(relation, `${database}.${quoteRelation(relation.relation)}`, key)}) as old
full outer join (${renderRows(relation, quoteRelation(relation.relation), key)}) as new
    on ${same.join(" and ")}
where old.content is distinct from new.content`;
}

/** Each row as its number, its key, and a hash of its cells: so a join holds no cells, of which there are many. */
function renderRows({ columns }: ExportRelation, from: string, key: TableKey): string {
  const keys = key.columns.map((name, index) => `${quote(name)} as key_${index}`);
  return `select rowid as row_number, ${keys.join(", ")}, hash(${columns.flatMap(hashedAs).join(", ")}) as content from ${from}`;
}

/** What tells how a cell is written, which the cell alone does not: to DuckDB 0 is -0, and a month 30 days. */
function hashedAs(column: ExportColumn): readonly string[] {
  const cell = quote(column.name);
  if (column.type === "DOUBLE" || column.type === "FLOAT") return [cell, `signbit(${cell})`];
  const text = equalMeansSame.test(column.type) ? undefined : postgresType(column)?.text;
  return [text === undefined ? cell : text(cell)];
}
