import { renderIdentifier } from "../compile/helpers.ts";
import type { ContentsByColumn } from "../graph/build-state.ts";
import { noPartition } from "../graph/changed-partitions.ts";
import { fingerprint } from "../graph/fingerprints.ts";
import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { hashAggregates, type RelationShape, rowHash } from "./relation-content.ts";

/** Key of a partition (see `PartitionState`) → row count, sum and xor of row hashes, or one fingerprint. */
export type PartitionContents = Readonly<Record<string, string>>;

interface ReadRows {
  readonly relation: string;
  /** By which of its columns. */
  readonly columns: readonly string[];
  /** Which rows; all when left out. */
  readonly where?: string;
}

/** The key of the partition that a row with this value of a type is of, as SQL. */
export function partitionKey(value: string, type: string): string {
  // Zeros are equal, but are written -0.0 or 0.0.
  const isFloating = type === "DOUBLE" || type === "FLOAT";
  const text = isFloating ? `if(${value} = 0, '0.0', cast(${value} as varchar))` : `cast(${value} as varchar)`;
  return `coalesce('=' || ${text}, '${noPartition}')`;
}

/** Row count, sum and xor of row hashes by each of some columns, in one scan. */
export async function readContents(
  connection: Connection,
  { relation, columns, where = "true" }: ReadRows,
  shape: RelationShape,
): Promise<ContentsByColumn> {
  const names = columns.map((_, at) => `column_${at}`);
  const values = columns.map((column, at) => `${renderIdentifier(column)} as ${names[at]}`);
  const types = new Map(shape.columns.map(({ name, type }) => [name.toLowerCase(), type]));
  const keys = columns.map(
    (column, at) => `${partitionKey(`column_${at}`, types.get(column.toLowerCase()) ?? "")} as column_${at}_key`,
  );
  const rows = await connection.query(
    `select grouping(${names.join(", ")}) as absent, ${keys.join(", ")}, ${hashAggregates}
    from (select ${values.join(", ")}, ${rowHash(shape.columns)} as row_hash from ${relation} where ${where})
    group by grouping sets (${names.map((name) => `(${name})`).join(", ")}) order by all`,
  );
  const entries = columns.map((column, at): [string, PartitionContents] => {
    // A bit for each column that the row is not grouped by, the last column's the lowest.
    const isAbsent = (absent: unknown): boolean => ((Number(absent) >> (columns.length - 1 - at)) & 1) === 1;
    const own = rows.filter(({ absent }) => !isAbsent(absent));
    const numbers = own.map((row) =>
      [row["row_count"], row["total"], row["mixed"]].map((cell) => cellText(cell ?? null)),
    );
    return [
      column,
      Object.fromEntries(
        own.map((row, index) => [cellText(row[`column_${at}_key`] ?? null), numbers[index]?.join(" ") ?? ""]),
      ),
    ];
  });
  return Object.fromEntries(entries);
}

/** The contents after some rows went and others came; counts, sums and xors can be taken back. */
export function replaceRows(
  before: ContentsByColumn,
  { removed, added }: { readonly removed: ContentsByColumn; readonly added: ContentsByColumn },
): ContentsByColumn {
  const replaced = Object.entries(before).map(([column, partitions]): [string, PartitionContents] => {
    const [gone, come] = [removed[column] ?? {}, added[column] ?? {}];
    const keys = new Set([...Object.keys(partitions), ...Object.keys(come)]);
    const sums = [...keys].map((key): [string, readonly [bigint, bigint, bigint]] => {
      const [old, less, more] = [parse(partitions[key]), parse(gone[key]), parse(come[key])];
      return [key, [old[0] - less[0] + more[0], old[1] - less[1] + more[1], old[2] ^ less[2] ^ more[2]]];
    });
    const present = sums.filter(([, [count]]) => count > 0n).toSorted(([left], [right]) => (left < right ? -1 : 1));
    return [column, Object.fromEntries(present.map(([key, numbers]) => [key, numbers.join(" ")]))];
  });
  return Object.fromEntries(replaced);
}

/** Short, since a life has many partitions, and equal sums and xors of 64-bit hashes are the weaker part anyhow. */
export function fingerprintPartitions(contents: PartitionContents, shape: RelationShape): PartitionContents {
  const types = shapeFingerprint(shape);
  return Object.fromEntries(
    Object.entries(contents).map(([key, text]) => [key, fingerprint([types, text]).slice(0, 16)]),
  );
}

/** Fingerprint of a relation's columns and their types. */
export function shapeFingerprint({ columns }: RelationShape): string {
  return fingerprint(columns);
}

/** What `hashTable` gives of a whole table, put together from its partitions. */
export function combinePartitions(
  contents: PartitionContents,
  { columns }: RelationShape,
): { rows: number; contentHash: string } {
  const parts = Object.values(contents).map(parse);
  const rows = Number(parts.reduce((sum, [count]) => sum + count, 0n));
  const total = parts.reduce((sum, [, part]) => sum + part, 0n);
  const mixed = parts.reduce((all, [, , part]) => all ^ part, 0n);
  // An aggregate over no row is null.
  const [sum, xor] = rows === 0 ? [cellText(null), cellText(null)] : [String(total), String(mixed)];
  return { rows, contentHash: fingerprint([columns, rows, sum, xor]) };
}

function parse(text: string | undefined): readonly [count: bigint, sum: bigint, xor: bigint] {
  const [count = 0n, sum = 0n, xor = 0n] = text === undefined ? [] : text.split(" ").map(BigInt);
  return [count, sum, xor];
}
