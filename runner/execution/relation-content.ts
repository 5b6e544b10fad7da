import { renderIdentifier } from "../compile/helpers.ts";
import { noPartition } from "../graph/changed-partitions.ts";
import { fingerprint } from "../graph/fingerprints.ts";
import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";

export interface RelationShape {
  readonly kind: "table" | "view" | null;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** What stands under a name in the build, and its columns in their order. */
export async function describeRelation(
  connection: Connection,
  {
    schema,
    name,
    database = "warehouse",
  }: { readonly schema: string; readonly name: string; readonly database?: string },
): Promise<RelationShape> {
  const where = `database_name = '${database}' and schema_name = '${schema}'`;
  const rows = await connection.query(
    `select column_name, data_type, (select count(*) from duckdb_views() where ${where} and view_name = '${name}') as views
    from duckdb_columns() where ${where} and table_name = '${name}' order by column_index`,
  );
  const columns = rows.map((row) => ({ name: cellText(row["column_name"]), type: cellText(row["data_type"]) }));
  const [first] = rows;
  return { kind: first === undefined ? null : first["views"] === 0 ? "table" : "view", columns };
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

/** The same of each partition of a relation: its key (see `PartitionState`) → fingerprint of its rows. */
export async function hashPartitions(
  connection: Connection,
  { relation, column }: { readonly relation: string; readonly column: string },
  { columns }: RelationShape,
): Promise<Readonly<Record<string, string>>> {
  const partition = renderIdentifier(column);
  const rows = await connection.query(
    `select coalesce('=' || cast(${partition} as varchar), '${noPartition}') as partition_key, ${hashAggregates}
    from (select ${partition}, ${rowHash(columns)} as row_hash from ${relation}) group by ${partition} order by partition_key`,
  );
  const types = fingerprint(columns);
  const entries = rows.map((row) => {
    const content = [row["row_count"], row["total"], row["mixed"]].map(cellText).join(" ");
    // Short: a life has many partitions, and equal sums and xors of 64-bit hashes are the weaker part anyhow.
    return [cellText(row["partition_key"]), fingerprint([types, content]).slice(0, 16)] as const;
  });
  return Object.fromEntries(entries);
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
