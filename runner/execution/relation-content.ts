import { renderIdentifier } from "../compile/helpers.ts";
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

/** Row count, sum and xor of the hashes of rows, `row_hash`. */
export const hashAggregates =
  "count(*) as row_count, cast(sum(row_hash) as varchar) as total, cast(bit_xor(row_hash) as varchar) as mixed";

/** The hash of a row as SQL; doubles count to single precision. */
export function rowHash(columns: RelationShape["columns"]): string {
  // Parallel sums of doubles differ in their last digits from run to run.
  const values = columns.map(({ name, type }) => {
    const column = renderIdentifier(name);
    return type === "DOUBLE" ? `try_cast(${column} as float) + 0` : column;
  });
  return `hash(${values.join(", ")})`;
}
