import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import type { FormerRows } from "./export-tasks.ts";
import { type ExportColumn, type ExportRelation, quote, quoteRelation, type TableKey } from "./export-relation.ts";
import { postgresType } from "./postgres-types.ts";

/** How many rows of the former release have gone or are otherwise now, and how many have come or are. */
export interface RowDifference {
  readonly gone: number;
  readonly come: number;
}

/** As many keys as one statement takes at most. */
const keysPerBatch = 8192;
/** Types of which two equal values are written in one way. */
const equalMeansSame =
  /^(BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(.*\)|DATE|TIME|TIMESTAMP.*|UUID|VARCHAR|BLOB)$/;

/** Condition of the rows that the last difference found to have come, in the relation itself. */
export const hasCome = "rowid in (select new_row from temp.difference)";

/**
 * Compares a relation with the table that a former release had under its name, rows of one key by a hash of 64 bits as content hashes are made of,
 * and keeps what differs in `temp.difference`. Null where they cannot be compared: it is a view, or had other columns.
 */
export async function findDifference(
  relation: ExportRelation,
  former: FormerRows,
  source: Connection,
): Promise<RowDifference | null> {
  // The number of a row is the column `rowid`, unless one has that name.
  if (relation.columns.some(({ name }) => name.toLowerCase() === "rowid")) return null;
  try {
    await source.run(renderDifference(relation, former));
  } catch (error) {
    // There is no such table or column; anything else is trouble.
    if (error instanceof Error && /^(Binder|Catalog) Error/.test(error.message)) return null;
    throw error;
  }
  const counts = "select count(*) filter (is_gone) as gone, count(new_row) as come from temp.difference";
  const [found] = await source.query(counts);
  return { gone: Number(found?.["gone"]), come: Number(found?.["come"]) };
}

/** The keys of the rows that the last difference found gone, some thousand at a time: of each column an array as Postgres reads it. */
export async function goneKeys(
  { columns }: ExportRelation,
  { key }: FormerRows,
  source: Connection,
): Promise<readonly (readonly string[])[]> {
  const names = key.columns.map((_, index) => `key_${index}`);
  const order = names.length === 1 ? "" : `order by ${names.join(", ")}`;
  const arrays = key.columns.flatMap((name, index) => {
    const column = columns.find((found) => found.name === name);
    const mapped = column && postgresType(column);
    if (mapped === undefined) return [];
    const escaped = `replace(replace(${mapped.text(`key_${index}`)}, '\\', '\\\\'), '"', '\\"')`;
    return [`'{' || string_agg('"' || ${escaped} || '"', ',' ${order}) || '}' as key_${index}`];
  });
  const batches = await source.query(
    `select ${arrays.join(", ")} from temp.difference where is_gone group by rowid // ${keysPerBatch}`,
  );
  return batches.map((batch) => names.map((name) => cellText(batch[name])));
}

function renderDifference(relation: ExportRelation, { database, key }: FormerRows): string {
  const same = key.columns.map((_, index) => `old.key_${index} = new.key_${index}`);
  const keys = key.columns.map((_, index) => `old.key_${index}`);
  return `create or replace temporary table difference as
select old.content is not null as is_gone, ${keys.join(", ")}, new.row_number as new_row
from (${renderRows(relation, `${database}.${quoteRelation(relation.relation)}`, key)}) as old
full outer join (${renderRows(relation, quoteRelation(relation.relation), key)}) as new
    on ${same.join(" and ")}
where old.content is distinct from new.content`;
}

/** Each row as its number, its key, and a hash of its cells and their types: so a join holds no cells, of which there are many. */
function renderRows({ columns }: ExportRelation, from: string, key: TableKey): string {
  const keys = key.columns.map((name, index) => `${quote(name)} as key_${index}`);
  const types = `concat(${columns.map(({ name }) => `typeof(${quote(name)})`).join(", ")})`;
  const cells = [...columns.flatMap(hashedAs), types];
  return `select rowid as row_number, ${keys.join(", ")}, hash(${cells.join(", ")}) as content from ${from}`;
}

/** What tells how a cell is written, which the cell alone does not: to DuckDB 0 is -0, and a month 30 days. */
function hashedAs(column: ExportColumn): readonly string[] {
  const cell = quote(column.name);
  if (column.type === "DOUBLE" || column.type === "FLOAT") return [cell, `signbit(${cell})`];
  const text = equalMeansSame.test(column.type) ? undefined : postgresType(column)?.text;
  return [text === undefined ? cell : text(cell)];
}
