import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { exportToFiles } from "../runner/delivery/export-files.ts";
import { freePort } from "../tests/support/postgres.ts";
import { account, startSuperset, whyNoSuperset } from "../tests/support/superset.ts";
import { projectRoot, runNode, tonearm, withScratchFolder } from "./measure.ts";
import { environmentOf, findInputs, land } from "./inputs.ts";
import type { BenchReport } from "./report.ts";
import { registerTables, withTrino } from "./trino-server.ts";

/**
 * The dashboards in a real Superset (SUPERSET_VENV, with the package trino) over a real Trino that reads the exported Parquet of the real
 * export: every chart is asked for its data. Downloads Trino as the bench `trino` does.
 */
export async function trinoDashboards(): Promise<BenchReport> {
  const missing = whyNoSuperset();
  if (missing !== false) throw new Error(missing);
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const [dataDir, lake, scratch] = [join(folder, "data"), join(folder, "lake"), join(folder, "trino")];
    await land(inputs, dataDir);
    await runNode([...tonearm, "build"], environmentOf(dataDir));
    await exportToFiles({ dataDir, format: "parquet", path: lake, keepReleases: 1 });
    await mkdir(scratch);
    return withTrino({ folder: lake, scratch }, async (trino) => {
      await registerTables(trino, lake);
      const superset = await startSuperset(join(folder, "superset"), await freePort());
      try {
        const environment = { ...environmentOf(dataDir), ...account, SUPERSET_URL: superset.url };
        const uri = `trino://bench@${new URL(trino.url).host}/hive`;
        const importing = [...tonearm, "superset", "import", "--project-dir", projectRoot, "--uri", uri];
        return describe(await runNode(importing, environment).catch((error: unknown) => String(error)));
      } finally {
        await superset.stop();
      }
    });
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
