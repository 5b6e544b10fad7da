import * as z from "zod";

import { renderLiteral } from "../compile/helpers.ts";
import type { Row } from "../warehouse/cells.ts";
import type { Connection } from "../warehouse/duckdb.ts";

/** How a failure is seen again: what builds the model on the rows that were kept, and the tests that failed on it. */
export const replaySchema = z.strictObject({
  setup: z.array(z.string()).readonly(),
  tests: z.array(z.strictObject({ name: z.string(), sql: z.string() })).readonly(),
});
export type Replay = z.infer<typeof replaySchema>;

/** Builds the model in an empty database from the rows of a bundle, and gives the rows that fail each test now. */
export async function replayBundle(
  connection: Connection,
  folder: string,
  { setup, tests }: Replay,
): Promise<readonly { readonly name: string; readonly rows: readonly Row[] }[]> {
  await connection.run(`set file_search_path = ${renderLiteral(folder)}`);
  for (const statement of setup) await connection.run(statement);
  const found = [];
  for (const { name, sql } of tests) found.push({ name, rows: await connection.query(sql) });
  return found;
}
