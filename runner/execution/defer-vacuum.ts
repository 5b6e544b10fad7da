import { renderLiteral } from "../compile/helpers.ts";
import type { Manifest } from "../compile/manifest.ts";
import type { BuildState } from "../graph/build-state.ts";
import { growsInPlace } from "../graph/plan.ts";
import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";

/** Rows of a full row group of DuckDB. */
const rowGroupSize = 122_880;

interface GrowingTable {
  readonly relation: string;
  /** Rows in the file, with those that were replaced. */
  readonly stored: number;
  readonly replaced: number;
}

/**
 * Lets the checkpoint leave replaced rows where they are until a quarter of a table is made of them, or it lies in too many small pieces: giving
 * back their room at once writes most of a table anew for every few of its rows that change.
 */
export async function deferVacuum(
  connection: Connection,
  built: { readonly manifest: Manifest; readonly state: BuildState },
): Promise<void> {
  const tables = (await growingTables(connection, built)).filter(({ replaced }) => replaced > 0);
  if (tables.length === 0 || tables.some(({ stored, replaced }) => replaced > stored / 4)) return;
  for (const table of tables) if (await isScattered(connection, table)) return;
  await connection.run("set global max_vacuum_tasks = 0");
}

async function growingTables(
  connection: Connection,
  { manifest, state }: { readonly manifest: Manifest; readonly state: BuildState },
): Promise<readonly GrowingTable[]> {
  const nodes = Object.values(manifest.nodes).filter(growsInPlace);
  if (nodes.length === 0) return [];
  const tables = await connection.query(
    "select schema_name || '.' || table_name as relation, estimated_size as stored from duckdb_tables() where database_name = current_database()",
  );
  const sizes = new Map(tables.map(({ relation, stored }) => [cellText(relation ?? null), Number(stored)]));
  return nodes.flatMap(({ uniqueId, relation }) => {
    const [stored, rows] = [sizes.get(relation), state.nodes[uniqueId]?.rows ?? null];
    return stored === undefined || rows === null ? [] : [{ relation, stored, replaced: stored - rows }];
  });
}

async function isScattered(connection: Connection, { relation, stored }: GrowingTable): Promise<boolean> {
  const [row] = await connection.query(
    `select count(distinct row_group_id) as row_groups from pragma_storage_info(${renderLiteral(relation)})`,
  );
  return Number(row?.["row_groups"]) > 16 + 2 * Math.ceil(stored / rowGroupSize);
}
