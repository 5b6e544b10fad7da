import { rm } from "node:fs/promises";
import { join } from "node:path";

import { publishGold } from "../tests/support/gold-release.ts";
import { manyColumns } from "./export.ts";
import { environmentOf } from "./inputs.ts";
import { measureInTurns, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, summaryOf, wallRatio } from "./report.ts";

const names = { ours: "tonearm export parquet", bare: "bare copy" };

/** Ten million rows of twelve columns into Parquet, against DuckDB's bare copy; BENCH_ROWS makes it shorter. */
export async function parquet(rounds: number): Promise<BenchReport> {
  const rows = Number(process.env["BENCH_ROWS"] ?? 10_000_000);
  return withScratchFolder(async (folder) => {
    const dataDir = join(folder, "data");
    const release = await publishGold(dataDir, "20261122T101112000Z-0001", manyColumns(rows));
    const lake = join(folder, "lake");
    const ours = {
      name: names.ours,
      args: [...tonearm, "export", "--to", "parquet", lake],
      prepare: async () => {
        // What stands there already would not be written again.
        await rm(lake, { recursive: true, force: true });
        return environmentOf(dataDir);
      },
    };
    const bare = {
      name: names.bare,
      args: ["bench/bare-parquet.mjs"],
      prepare: async () => ({ BENCH_RELEASE: release.path, BENCH_OUTPUT: join(folder, "bare.parquet") }),
    };
    const summaries = await measureInTurns([ours, bare], rounds);
    return {
      summaries,
      figures: [
        {
          name: `${rows.toLocaleString("en-US")} rows × 12 columns`,
          value: wallRatio(summaryOf(summaries, names.bare), summaryOf(summaries, names.ours)),
          unit: "× bare copy",
          target: 0.8,
          good: "at least",
        },
      ],
    };
  });
}
