import { rm } from "node:fs/promises";
import { join } from "node:path";

import { generateExport } from "./generated-export.ts";
import { environmentOf, findInputs, unzipHistory } from "./inputs.ts";
import { type Contender, measureInTurns, median, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, type Figure, summaryOf, wallRatio } from "./report.ts";

const smallBytes = 100e6;
const largeBytes = 1e9;
const names = { zip: "tonearm ingest (zip)", small: "tonearm ingest (100 MB)", large: "tonearm ingest (1 GB)" };
const bareNames = { zip: "bare read_json (files)", large: "bare read_json (1 GB)" };

/** Landing the real export from its zip, and made-up ones of 100 MB and 1 GB, against DuckDB's bare read_json into Parquet. */
export async function landing(rounds: number): Promise<BenchReport> {
  const { exportPath } = await findInputs();
  return withScratchFolder(async (folder) => {
    const unzipped = join(folder, "unzipped");
    await unzipHistory(exportPath, unzipped);
    const [small, large] = [join(folder, "small"), join(folder, "large")];
    const bytes = { small: await generateExport(small, smallBytes), large: await generateExport(large, largeBytes) };
    const summaries = await measureInTurns(
      [
        ours(names.zip, exportPath, folder),
        bare(bareNames.zip, unzipped, folder),
        ours(names.small, small, folder),
        ours(names.large, large, folder),
        bare(bareNames.large, large, folder),
      ],
      rounds,
    );
    const [smallest, largest] = [summaryOf(summaries, names.small), summaryOf(summaries, names.large)];
    const perByte = largest.walls.map(
      (wall, round) => wall / bytes.large / ((smallest.walls[round] ?? Number.NaN) / bytes.small),
    );
    const throughput = (mine: string, other: string): number =>
      wallRatio(summaryOf(summaries, other), summaryOf(summaries, mine));
    const figures: Figure[] = [
      {
        name: "throughput, the real export",
        value: throughput(names.zip, bareNames.zip),
        unit: "× bare",
        target: 0.5,
        good: "at least",
      },
      {
        name: "throughput, 1 GB",
        value: throughput(names.large, bareNames.large),
        unit: "× bare",
        target: 0.5,
        good: "at least",
      },
      { name: "peak, 1 GB", value: largest.peakMegabytes, unit: "MB", target: 1000, good: "at most" },
      {
        name: "a byte of 1 GB against a byte of 100 MB",
        value: median(perByte),
        unit: "×",
        target: 1.1,
        good: "at most",
      },
    ];
    return { summaries, figures };
  });
}

function ours(name: string, path: string, folder: string): Contender {
  return {
    name,
    args: [...tonearm, "ingest", path],
    prepare: async () => {
      const dataDirectory = join(folder, "data");
      await rm(dataDirectory, { recursive: true, force: true });
      return environmentOf(dataDirectory);
    },
  };
}

function bare(name: string, files: string, folder: string): Contender {
  return {
    name,
    args: ["bench/bare-landing.mjs"],
    prepare: async () => ({ BENCH_FILES: files, BENCH_OUTPUT: join(folder, "bare.parquet") }),
  };
}
