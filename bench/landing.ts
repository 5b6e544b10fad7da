import { join } from "node:path";

import { environmentOf, findInputs, unzipHistory } from "./inputs.ts";
import { measureInTurns, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, summaryOf, wallRatio } from "./report.ts";

/** Landing an export from its zip against DuckDB's bare read_json over the unzipped files into Parquet. */
export async function landing(rounds: number): Promise<BenchReport> {
  const { exportPath } = await findInputs();
  return withScratchFolder(async (folder) => {
    const unzipped = join(folder, "unzipped");
    await unzipHistory(exportPath, unzipped);
    const summaries = await measureInTurns(
      [
        {
          name: "tonearm ingest (zip)",
          args: [...tonearm, "ingest", exportPath],
          prepare: async (round) => environmentOf(join(folder, `data-${round}`)),
        },
        {
          name: "bare read_json (files)",
          args: ["bench/bare-landing.mjs"],
          prepare: async (round) => ({ BENCH_FILES: unzipped, BENCH_OUTPUT: join(folder, `bare-${round}.parquet`) }),
        },
      ],
      rounds,
    );
    const ours = summaryOf(summaries, "tonearm ingest (zip)");
    const bare = summaryOf(summaries, "bare read_json (files)");
    const throughput = wallRatio(bare, ours);
    return {
      summaries,
      figures: [{ name: "throughput of landing", value: throughput, unit: "× bare", target: 0.5, good: "at least" }],
    };
  });
}
