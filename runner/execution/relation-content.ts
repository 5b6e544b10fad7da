import { renderIdentifier } from "../compile/helpers.ts";
import { noPartition } from "../graph/changed-partitions.ts";
import { fingerprint } from "../graph/fingerprints.ts";
import { cellText, type Row } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";

export interface RelationShape {
  readonly kind: "table" | "view" | null;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

type RelationKind = NonNullable<RelationShape["kind"]>;

/** What stands under a name in the build, and its columns in their order; `kind` where it is known, which saves a look. */
export async function describeRelation(
  connection: Connection,
  {
    schema,
    name,
    database = "warehouse",
  }: { readonly schema: string; readonly name: string; readonly database?: string },
  kind?: RelationKind,
): Promise<RelationShape> {
  // Not from duckdb_columns(): it binds every view there is, which takes a quadratic time over a build.
  const rows = await describe(connection, [database, schema, name].map(renderIdentifier).join("."), name);
  if (rows === null) return { kind: null, columns: [] };
  const columns = rows.map((row) => ({ name: cellText(row["column_name"]), type: cellText(row["column_type"]) }));
  if (kind !== undefined) return { kind, columns };
  const [found] = await connection.query(
    `select count(*) as views from duckdb_views() where database_name = '${database}' and schema_name = '${schema}' and view_name = '${name}'`,
  );
  return { kind: found?.["views"] === 0 ? "table" : "view", columns };
}

/** Every relation of the build by its name as SQL writes it: `silver.plays`. */
export async function readRelationKinds(connection: Connection): Promise<Map<string, RelationKind>> {
  const read = async (kind: RelationKind, from: string): Promise<readonly [string, RelationKind][]> => {
    const rows = await connection.query(
      `select schema_name || '.' || ${kind}_name as relation from ${from} where database_name = 'warehouse' and not internal`,
    );
    return rows.map(({ relation }) => [cellText(relation), kind]);
  };
  return new Map([...(await read("table", "duckdb_tables()")), ...(await read("view", "duckdb_views()"))]);
}

/** Null when there is no such relation; that ends no transaction. */
async function describe(connection: Connection, relation: string, name: string): Promise<readonly Row[] | null> {
  try {
    return await connection.query(`describe ${relation}`);
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("does not exist"))) throw error;
    // A view over something that is gone is there all the same.
    return error.message.includes(`Table with name ${name} does not exist`) ? null : [];
  }
}

/** Row count and content hash of a table; order of rows does not count, doubles count to single precision. */
export async function hashTable(
  connection: Connection,
  relation: string,
  { columns }: RelationShape,
): Promise<{ rows: number; contentHash: string }> {
  const [row] = await connection.query(
    `select ${hashAggregates} from (select ${rowHash(columns)} as row_hash from ${relation})`,
  );
  const rows = Number(row?.["row_count"] ?? 0);
  return { rows, contentHash: fingerprint([columns, rows, cellText(row?.["total"]), cellText(row?.["mixed"])]) };
}

/** The same of each partition of a relation: its key (see `PartitionState`) → fingerprint of its rows and columns. */
export async function hashPartitions(
  connection: Connection,
  of: { readonly relation: string; readonly column: string },
  shape: RelationShape,
): Promise<PartitionContents> {
  return fingerprintPartitions(await readPartitionContents(connection, of, shape), shape);
}

/** Partition → its content: of `readPartitionContents` row count, sum and xor, of `fingerprintPartitions` one fingerprint. */
export type PartitionContents = Readonly<Record<string, string>>;

/** Row count, sum and xor of row hashes of each partition, or only of those where `where` holds. */
export async function readPartitionContents(
  connection: Connection,
  { relation, column, where }: { readonly relation: string; readonly column: string; readonly where?: string },
  { columns }: RelationShape,
): Promise<PartitionContents> {
  const partition = renderIdentifier(column);
  const rows = await connection.query(
    `select coalesce('=' || cast(${partition} as varchar), '${noPartition}') as partition_key, ${hashAggregates}
    from (select ${partition}, ${rowHash(columns)} as row_hash from ${relation} ${where === undefined ? "" : `where ${where}`})
    group by ${partition} order by partition_key`,
  );
  return Object.fromEntries(
    rows.map((row) => [
      cellText(row["partition_key"]),
      [row["row_count"], row["total"], row["mixed"]].map(cellText).join(" "),
    ]),
  );
}

/** Short, since a life has many partitions, and equal sums and xors of 64-bit hashes are the weaker part anyhow. */
export function fingerprintPartitions(contents: PartitionContents, { columns }: RelationShape): PartitionContents {
  const types = fingerprint(columns);
  const entries = Object.entries(contents).map(([key, text]) => [key, fingerprint([types, text]).slice(0, 16)]);
  return Object.fromEntries(entries);
}

/** What `hashTable` gives of a whole table, put together from its partitions. */
export function combinePartitions(
  contents: PartitionContents,
  { columns }: RelationShape,
): { rows: number; contentHash: string } {
  const parts = Object.values(contents).map((text) => text.split(" ").map(BigInt));
  const column = (at: number): readonly bigint[] => parts.map((part) => part[at] ?? 0n);
  const rows = Number(column(0).reduce((sum, count) => sum + count, 0n));
  const total = column(1).reduce((sum, part) => sum + part, 0n);
  const mixed = column(2).reduce((all, part) => all ^ part, 0n);
  // An aggregate over no row is null.
  const [sum, xor] = rows === 0 ? [cellText(null), cellText(null)] : [String(total), String(mixed)];
  return { rows, contentHash: fingerprint([columns, rows, sum, xor]) };
}

const hashAggregates =
  "count(*) as row_count, cast(sum(row_hash) as varchar) as total, cast(bit_xor(row_hash) as varchar) as mixed";

function rowHash(columns: RelationShape["columns"]): string {
  // Parallel sums of doubles differ in their last digits from run to run.
  const values = columns.map(({ name, type }) => {
    const column = renderIdentifier(name);
    return type === "DOUBLE" ? `try_cast(${column} as float) + 0` : column;
  });
  return `hash(${values.join(", ")})`;
}
