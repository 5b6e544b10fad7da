import { chmodSync } from "node:fs";

import { withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { answer, question } from "./script-host.ts";

const [path = ""] = process.argv.slice(2);

/** Behaves like a client that opens a published file for writing, commits rows to its WAL, and is killed by the test. */
async function writeAndDie(): Promise<void> {
  // Root may write to a 0444 file; other users would have done this first.
  chmodSync(path, 0o644);
  await withDuckDB({ path }, async (database) => {
    const connection = await database.connect();
    await connection.run("insert into history values (666)");
    await answer("written");
    await question();
  });
}

await writeAndDie();
