import { renderIdentifier } from "../compile/helpers.ts";
import { type Cell, cellText, type Row } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";

/** Two relations of the same meaning, each by its full name as SQL, and the columns that tell one row from another in both. */
export interface RelationPair {
  readonly before: string;
  readonly after: string;
  /** Empty: rows are compared whole, and none counts as changed. */
  readonly key: readonly string[];
}

/** A column that came, went, or changed its type; null where it is not there. */
export interface ColumnChange {
  readonly column: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface CellChange {
  /** Values of the key, in the order of its columns. */
  readonly key: readonly Cell[];
  readonly column: string;
  readonly before: Cell;
  readonly after: Cell;
}

/** How the second relation differs from the first; doubles are compared to single precision, as in content hashes. */
export interface RelationDifference {
  readonly columns: readonly ColumnChange[];
  readonly rows: { readonly before: number; readonly after: number };
  readonly added: number;
  readonly removed: number;
  /** Rows with equal keys of which some cell differs; null without a key. */
  readonly changed: number | null;
  /** Column → rows in which it differs; those without a difference are left out. */
  readonly changedBy: Readonly<Record<string, number>>;
  /** Of the first rows by key that were added or removed: the key, or without one the whole row. */
  readonly samples: { readonly added: readonly Row[]; readonly removed: readonly Row[] };
  /** Of the first changed rows by key, cell by cell. */
  readonly cells: readonly CellChange[];
}

type Types = ReadonlyMap<string, string>;

/** Compares two relations, row by row by their key; `sampleRows` rows of each sort are shown. */
export async function compareRelations(
  connection: Connection,
  pair: RelationPair,
  sampleRows: number,
): Promise<RelationDifference> {
  const [before, after] = [await columnTypes(connection, pair.before), await columnTypes(connection, pair.after)];
  const key = pair.key.every((column) => before.has(column) && after.has(column)) ? pair.key : [];
  const columns = columnChanges(before, after);
  const shared = [...before.keys()].filter((column) => after.has(column));
  const compared = { connection, pair: { ...pair, key }, shared, before, after, sampleRows };
  const rows = { before: await countRows(connection, pair.before), after: await countRows(connection, pair.after) };
  return { columns, rows, ...(key.length > 0 ? await compareByKey(compared) : await compareWhole(compared)) };
}

interface Compared {
  readonly connection: Connection;
  readonly pair: RelationPair;
  /** Columns of both. */
  readonly shared: readonly string[];
  readonly before: Types;
  readonly after: Types;
  readonly sampleRows: number;
}

type Rows = Omit<RelationDifference, "columns" | "rows">;

async function compareByKey({ connection, pair, sampleRows, ...types }: Compared): Promise<Rows> {
  const { key } = pair;
  const values = types.shared.filter((column) => !key.includes(column));
  const differs = values.map(
    (column) => `${comparable("b", column, types)} is distinct from ${comparable("a", column, types)}`,
  );
  const on = key.map((column) => `b.${name(column)} is not distinct from a.${name(column)}`).join(" and ");
  const joined = `(select *, true as in_release from ${pair.before}) as b full join (select *, true as in_release from ${pair.after}) as a on ${on}`;
  const inBoth = "b.in_release and a.in_release";
  const isChanged = differs.length === 0 ? "false" : `${inBoth} and (${differs.join(" or ")})`;
  const perColumn = differs.map((differ, at) => `count(*) filter (${inBoth} and ${differ}) as c${at}`);
  const [found] = await connection.query(
    `select count(*) filter (b.in_release is null) as added, count(*) filter (a.in_release is null) as removed, count(*) filter (${isChanged}) as changed
    ${perColumn.map((counted) => `, ${counted}`).join("")} from ${joined}`,
  );
  const order = (side: string): string => key.map((column) => `${side}.${name(column)}`).join(", ");
  const sample = async (select: string, where: string, side: string): Promise<readonly Row[]> =>
    connection.query(`select ${select} from ${joined} where ${where} order by ${order(side)} limit ${sampleRows}`);
  const pairs = values.map(
    (column, at) => `b.${name(column)} as b${at}, a.${name(column)} as a${at}, ${differs[at]} as d${at}`,
  );
  const changedRows = await sample([order("a"), ...pairs].join(", "), isChanged, "a");
  return {
    added: count(found, "added"),
    removed: count(found, "removed"),
    changed: count(found, "changed"),
    changedBy: Object.fromEntries(
      values.flatMap((column, at) => (count(found, `c${at}`) > 0 ? [[column, count(found, `c${at}`)]] : [])),
    ),
    samples: {
      added: await sample(order("a"), "b.in_release is null", "a"),
      removed: await sample(order("b"), "a.in_release is null", "b"),
    },
    cells: changedRows.flatMap((row) => changedCells(row, key, values)),
  };
}

function changedCells(row: Row, key: readonly string[], values: readonly string[]): readonly CellChange[] {
  return values.flatMap((column, at) =>
    row[`d${at}`] === true
      ? [
          {
            key: key.map((part) => row[part] ?? null),
            column,
            before: row[`b${at}`] ?? null,
            after: row[`a${at}`] ?? null,
          },
        ]
      : [],
  );
}

/** Rows as they are, each as often as it is there. */
async function compareWhole({ connection, pair, shared, sampleRows, ...types }: Compared): Promise<Rows> {
  const select = (side: "b" | "a", relation: string): string =>
    `select ${shared.map((column) => `${comparable(side, column, types)} as ${name(column)}`).join(", ") || "1"} from ${relation} as ${side}`;
  const [before, after] = [select("b", pair.before), select("a", pair.after)];
  const [added, removed] = [`(${after} except all ${before})`, `(${before} except all ${after})`];
  const sample = async (rows: string): Promise<readonly Row[]> =>
    connection.query(`select * from ${rows} order by all limit ${sampleRows}`);
  return {
    added: await countRows(connection, added),
    removed: await countRows(connection, removed),
    changed: null,
    changedBy: {},
    samples: { added: await sample(added), removed: await sample(removed) },
    cells: [],
  };
}

function columnChanges(before: Types, after: Types): readonly ColumnChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((column) => {
    const change = { column, before: before.get(column) ?? null, after: after.get(column) ?? null };
    return change.before === change.after ? [] : [change];
  });
}

/** A column as it is compared: parallel sums of doubles differ in their last digits, other types only as text. */
function comparable(side: "b" | "a", column: string, types: Pick<Compared, "before" | "after">): string {
  const [before, after] = [types.before.get(column), types.after.get(column)];
  const value = `${side}.${name(column)}`;
  if (before !== after) return `cast(${value} as varchar)`;
  return before === "DOUBLE" ? `(try_cast(${value} as float) + 0)` : value;
}

async function columnTypes(connection: Connection, relation: string): Promise<Types> {
  const rows = await connection.query(`describe ${relation}`);
  return new Map(rows.map((row) => [cellText(row["column_name"]), cellText(row["column_type"])]));
}

async function countRows(connection: Connection, relation: string): Promise<number> {
  const [row] = await connection.query(`select count(*) as counted from ${relation}`);
  return count(row, "counted");
}

function count(row: Row | undefined, column: string): number {
  return Number(row?.[column] ?? 0);
}

function name(column: string): string {
  return renderIdentifier(column);
}
