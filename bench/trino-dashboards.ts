import { join } from "node:path";

import { freePort } from "../tests/support/postgres.ts";
import { account, startSuperset, whyNoSuperset } from "../tests/support/superset.ts";
import { projectRoot, runNode, tonearm } from "./measure.ts";
import type { BenchReport } from "./report.ts";
import { withLake } from "./trino-lake.ts";

/**
 * The dashboards in a real Superset (SUPERSET_VENV, with the package trino) over a real Trino that reads the exported Parquet of the real
 * export: every chart is asked for its data.
 */
export async function trinoDashboards(): Promise<BenchReport> {
  const missing = whyNoSuperset();
  if (missing !== false) throw new Error(missing);
  return withLake(["silver", "gold", "meta"], async ({ trino, environment, folder }) => {
    const superset = await startSuperset(join(folder, "superset"), await freePort());
    try {
      const uri = `trino://bench@${new URL(trino.url).host}/hive`;
      const importing = [...tonearm, "superset", "import", "--project-dir", projectRoot, "--uri", uri];
      const said = runNode(importing, { ...environment, ...account, SUPERSET_URL: superset.url });
      return describe(await said.catch((error: unknown) => String(error)));
    } finally {
      await superset.stop();
    }
  });
}

/** Of what `superset import` printed: a line a chart that is not well, and for each dashboard how many are. */
function describe(said: string): BenchReport {
  const lines = said.split("\n");
  const counts = lines.flatMap((line) => {
    const [, good, all] = /  (\d+) of (\d+)  /.exec(line) ?? [];
    return all === undefined ? [] : [{ good: Number(good), all: Number(all) }];
  });
  const good = counts.reduce((sum, one) => sum + one.good, 0);
  const all = counts.reduce((sum, one) => sum + one.all, 0);
  if (all === 0) throw new Error(said);
  return {
    summaries: [],
    notes: lines.filter((line) => /  (?:failed|missing) /.test(line)).map((line) => line.trim()),
    figures: [
      { name: "charts with their data", value: good, unit: "charts", target: all, good: "at least", digits: 0 },
    ],
  };
}
