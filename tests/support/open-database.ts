import { withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { answer, question } from "./script-host.ts";

const [path = ""] = process.argv.slice(2);

/** Keeps a database open for writing, like every DuckDB client, until it is killed. */
async function openDatabase(): Promise<void> {
  await withDuckDB({ path }, async () => {
    await answer("open");
    await question();
  });
}

await openDatabase();
process.disconnect();
