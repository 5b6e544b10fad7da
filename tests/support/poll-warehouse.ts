import { withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { answer, question } from "./script-host.ts";

/** The one generation that every relation of a warehouse of `killed-builds` is of; a warehouse that mixes some is an error. */
export async function generationOf(path: string): Promise<number> {
  return withDuckDB({ path, readOnly: true, threads: 1 }, async (database) => {
    const connection = await database.connect();
    const [row] = await connection.query(`select
      (select count(*) from bronze.listening_history)::int as landed,
      (select count(*) from silver.plays)::int as plays,
      (select generation from gold.totals) as totals,
      (select min(generation) from gold.many) as least,
      (select max(generation) from gold.many) as most,
      (select count(*) from gold.kept)::int as kept,
      (select row_count from meta.relations where relation = 'silver.plays')::int as told`);
    const seen = new Set(Object.values(row ?? {}));
    if (seen.size !== 1) throw new Error(`a mixed release: ${JSON.stringify(row)}`);
    return Number([...seen][0]);
  });
}

/** Reads the warehouse anew, again and again, until it is asked how often; the first refusal or mixture is its answer. */
async function pollWarehouse(path: string): Promise<void> {
  let reads = 0;
  let last = 0;
  const asked = question();
  const isOver = { now: false };
  void asked.then(() => (isOver.now = true));
  try {
    while (!isOver.now) {
      const generation = await generationOf(path);
      if (generation < last) throw new Error(`the warehouse went back from ${last} to ${generation}`);
      last = generation;
      reads += 1;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await answer(reads);
  } catch (error) {
    await asked;
    await answer(String(error));
  }
}

const [path] = process.argv.slice(2);
if (path !== undefined && process.send !== undefined) {
  await pollWarehouse(path);
  process.disconnect();
}
