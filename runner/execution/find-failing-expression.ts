import { guardExpressions } from "../compile/guard-expressions.ts";
import { renderLiteral } from "../compile/helpers.ts";
import { cellText } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";

/** A place in a SELECT, in bytes: of the expression that fails, or of the step (a CTE, the last SELECT) that it stands in. */
export interface FailingPlace {
  readonly position: number;
  readonly of: "expression" | "step";
}

/**
 * Where a SELECT fails on its rows, by running parts of it again: it runs when the expression found, and some behind it, may give null instead
 * of failing, and does not when only those behind it may. Null where the SELECT cannot be written out again. `fails` runs a SELECT.
 */
export async function findFailingExpression(
  connection: Connection,
  sql: string,
  fails: (sql: string) => Promise<boolean>,
): Promise<FailingPlace | null> {
  const [tree] = await connection.query(`select cast(json_serialize_sql(${renderLiteral(sql)}) as varchar) as json`);
  const query = guardExpressions(cellText(tree?.["json"]), await untryableNames(connection));
  if (query === null) return null;
  const failsAs = async (json: string): Promise<boolean> => {
    const [row] = await connection.query(`select json_deserialize_sql(${renderLiteral(json)}) as guarded`);
    return fails(cellText(row?.["guarded"]));
  };
  const { positions, render, steps } = query;
  if (!(await failsAs(render(0)))) return null;
  if (await failsAs(render(positions.length))) {
    for (const { position, json } of steps) if (await failsAs(json)) return { position, of: "step" };
    return null;
  }
  let [failing, running] = [0, positions.length];
  while (running - failing > 1) {
    const middle = Math.floor((failing + running) / 2);
    if (await failsAs(render(middle))) failing = middle;
    else running = middle;
  }
  const position = positions[running - 1];
  return position === undefined ? null : { position, of: "expression" };
}

async function untryableNames(connection: Connection): Promise<ReadonlySet<string>> {
  const rows = await connection.query(
    "select distinct function_name as name from duckdb_functions() where function_type = 'aggregate' or stability = 'VOLATILE'",
  );
  return new Set(rows.map(({ name }) => cellText(name)));
}
