import { renderIdentifier, renderLiteral } from "../runner/compile/helpers.ts";
import { cellText } from "../runner/warehouse/cells.ts";
import { type Connection, withDuckDB } from "../runner/warehouse/duckdb.ts";

/** A DuckDB file and the schema of it that holds the tables to compare. */
export interface ComparedWarehouse {
  readonly name: string;
  readonly path: string;
  readonly schema: string;
  /** The catalog that its views name, where it has such. */
  readonly catalog?: string;
}

/** Parallel sums of doubles differ in their last digits from run to run. */
const tolerance = 1e-9;

/** Compares tables of several warehouses with those of the first, cell by cell; one line a table that differs. */
export async function compareWarehouses(
  [first, ...others]: readonly ComparedWarehouse[],
  tables: readonly string[],
): Promise<readonly string[]> {
  if (first === undefined) return [];
  return withDuckDB({}, async (database) => {
    const connection = await database.connect();
    await connection.run(`attach ${renderLiteral(first.path)} as reference (read_only)`);
    const different: string[] = [];
    for (const other of others) {
      const catalog = renderIdentifier(other.catalog ?? "compared");
      await connection.run(`attach ${renderLiteral(other.path)} as ${catalog} (read_only)`);
      for (const table of tables.map(renderIdentifier)) {
        const pair = { left: `reference.${first.schema}.${table}`, right: `${catalog}.${other.schema}.${table}` };
        const problem = await compareTables(connection, pair);
        if (problem !== null) different.push(`${table} of ${other.name} is not that of ${first.name}: ${problem}`);
      }
      await connection.run(`detach ${catalog}`);
    }
    return different;
  });
}

interface TablePair {
  readonly left: string;
  readonly right: string;
}

/** Both in the order of all their columns, side by side; null where they are the same. */
async function compareTables(connection: Connection, { left, right }: TablePair): Promise<string | null> {
  const [columns, others] = [await readColumns(connection, left), await readColumns(connection, right)];
  // Not their types: SQLMesh writes sums of whole numbers as BIGINT.
  if (namesOf(columns) !== namesOf(others)) return "other columns";
  const names = columns.map(({ name }) => name).join(", ");
  const sorted = (relation: string): string => `(select ${names}, true as is_there from ${relation} order by all)`;
  const differs = columns.map(({ name, isReal }) => {
    const [one, two] = [`one.${name}`, `two.${name}`];
    const isNear = `abs(${one} - ${two}) <= ${tolerance} * greatest(abs(${one}), abs(${two}), ${tolerance})`;
    return isReal
      ? `(${one} is distinct from ${two} and not coalesce(${isNear}, false))`
      : `${one} is distinct from ${two}`;
  });
  const [row] = await connection.query(
    `select count(*) as different from ${sorted(left)} as one positional join ${sorted(right)} as two
    where one.is_there is distinct from two.is_there or ${differs.join(" or ")}`,
  );
  const different = Number(row?.["different"]);
  return different === 0 ? null : `${different} rows`;
}

interface ComparedColumn {
  readonly name: string;
  readonly isReal: boolean;
}

/** Exact columns first, so that they lead the order. */
async function readColumns(connection: Connection, relation: string): Promise<readonly ComparedColumn[]> {
  const rows = await connection.query(`describe ${relation}`);
  const columns = rows.map((row) => ({
    name: renderIdentifier(cellText(row["column_name"])),
    isReal: cellText(row["column_type"]) === "DOUBLE",
  }));
  return columns.toSorted(
    (left, right) => Number(left.isReal) - Number(right.isReal) || (left.name < right.name ? -1 : 1),
  );
}

function namesOf(columns: readonly ComparedColumn[]): string {
  return columns
    .map(({ name }) => name)
    .toSorted()
    .join();
}
