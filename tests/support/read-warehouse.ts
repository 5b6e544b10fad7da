import { withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { answer, question } from "./script-host.ts";

const [path = ""] = process.argv.slice(2);

/** Opens a database read-only, and answers every question with the content it sees until the test says "close". */
async function readWarehouse(): Promise<void> {
  await withDuckDB({ path, readOnly: true }, async (database) => {
    const connection = await database.connect();
    await answer("open");
    while ((await question()) !== "close") {
      const [row] = await connection.query("select min(content) || '-' || max(content) as seen from first_half");
      await answer(typeof row?.seen === "string" ? row.seen : "nothing");
    }
    await answer("closed");
  });
}

await readWarehouse();
process.disconnect();
