import { withDuckDB } from "../../runner/warehouse/duckdb.ts";
import { echoes } from "./killed-models.ts";
import { answer, question } from "./script-host.ts";

/** What each relation of a warehouse of `killed-models` tells of its generation, by what it counts. */
const tellings = {
  landed: "count(*) from bronze.listening_history",
  plays: "count(*) from silver.plays",
  newest_play: "max(play_id) from silver.plays",
  totals: "generation from gold.totals",
  least_of_many: "min(generation) from gold.many",
  most_of_many: "max(generation) from gold.many",
  echoed: `count(*) / ${echoes} from gold.echoes`,
  plays_of_echoes: "sum(plays) from (select distinct country, plays from gold.echoes)",
  appended: "count(*) from gold.appended",
  replaced: "sum(plays) from gold.replaced",
  merged: "sum(plays) from gold.merged",
  told: "row_count from meta.relations where relation = 'silver.plays'",
} as const;

/** The one generation that every relation of a warehouse of `killed-models` is of; a warehouse that mixes some is an error. */
export async function generationOf(path: string): Promise<number> {
  return withDuckDB({ path, readOnly: true, threads: 1 }, async (database) => {
    const connection = await database.connect();
    const selects = Object.entries(tellings).map(([name, sql]) => `select '${name}' as telling, ${sql}`);
    const rows = await connection.query(
      `select telling, generation::int as generation from (${selects.join(" union all ")}) as told (telling, generation)`,
    );
    const seen = new Set(rows.map(({ generation }) => Number(generation)));
    if (seen.size !== 1) throw new Error(`a mixed release: ${JSON.stringify(rows)}`);
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
