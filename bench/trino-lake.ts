import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { exportToFiles } from "../runner/delivery/export-files.ts";
import { environmentOf, findInputs, land } from "./inputs.ts";
import { runNode, tonearm, withScratchFolder } from "./measure.ts";
import { registerTables, type Trino, withTrino } from "./trino-server.ts";

/** The real export as a release, and a Trino that reads its exported Parquet. */
export interface Lake {
  readonly trino: Trino;
  readonly dataDir: string;
  /** Of every command over it. */
  readonly environment: Readonly<Record<string, string>>;
  /** For whatever else is started. */
  readonly folder: string;
}

/**
 * Runs `use` over a release in which no table is empty that a life by itself can fill: its features made up where there are none, its
 * models trained, one of them when it had a champion. Downloads 821 MB the first time, into BENCH_TRINO_HOME or ~/.cache/tonearm-trino.
 */
export async function withLake<T>(schemas: readonly string[], use: (lake: Lake) => Promise<T>): Promise<T> {
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const [dataDir, lake, scratch] = [join(folder, "data"), join(folder, "lake"), join(folder, "trino")];
    await land(inputs, dataDir);
    const environment = { ...environmentOf(dataDir), TONEARM_ALLOW_SYNTHETIC: "true" };
    for (const step of [["build"], ["train"], ["train", "--force", "--select", "mood_regression"], ["build"]])
      await runNode([...tonearm, ...step], environment);
    await exportToFiles({ dataDir, format: "parquet", path: lake, keepReleases: 1, schemas });
    await mkdir(scratch);
    return withTrino({ folder: lake, scratch }, async (trino) => {
      await registerTables(trino, lake);
      return use({ trino, dataDir, environment, folder });
    });
  });
}
