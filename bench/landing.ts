import { rm } from "node:fs/promises";
import { join } from "node:path";

import { generateExport } from "./generated-export.ts";
import { environmentOf, findInputs, unzipHistory } from "./inputs.ts";
import { type Contender, measureInTurns, type Summary, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, type Figure, summaryOf, wallRatio } from "./report.ts";

const smallBytes = 100e6;
const largeBytes = 1e9;
const names = { zip: "tonearm ingest (zip)", small: "tonearm ingest (100 MB)", large: "tonearm ingest (1 GB)" };
const bareNames = { zip: "bare read_json (files)", large: "bare read_json (1 GB)" };

/** Landing the real export from its zip, and made-up ones of 100 MB and 1 GB, against DuckDB's bare read_json into Parquet. */
export async function landing(rounds: number): Promise<BenchReport> {
  const { exportPath } = await findInputs();
  return withScratchFolder(async (folder) => {
    const [unzipped, small, large] = ["unzipped", "small", "large"].map((name) => join(folder, name));
    if (unzipped === undefined || small === undefined || large === undefined) throw new Error("A folder has no name.");
    await unzipHistory(exportPath, unzipped);
    const bytes = { small: await generateExport(small, smallBytes), large: await generateExport(large, largeBytes) };
    const contenders = [
      ours(names.zip, exportPath, folder),
      bare(bareNames.zip, unzipped, folder),
      ours(names.small, small, folder),
      ours(names.large, large, folder),
      bare(bareNames.large, large, folder),
    ];
    const summaries = await measureInTurns(contenders, rounds);
    return { summaries, figures: figuresOf(summaries, bytes) };
  });
}

function figuresOf(
  summaries: readonly Summary[],
  bytes: { readonly small: number; readonly large: number },
): readonly Figure[] {
  const [smallest, largest] = [summaryOf(summaries, names.small), summaryOf(summaries, names.large)];
  const growth = wallRatio(largest, smallest) / (bytes.large / bytes.small);
  const throughput = (mine: string, other: string): number =>
    wallRatio(summaryOf(summaries, other), summaryOf(summaries, mine));
  const [zip, generated] = [throughput(names.zip, bareNames.zip), throughput(names.large, bareNames.large)];
  return [
    { name: "throughput, the real export", value: zip, unit: "× bare", target: 0.5, good: "at least" },
    { name: "throughput, 1 GB", value: generated, unit: "× bare", target: 0.5, good: "at least" },
    { name: "peak, 1 GB", value: largest.peakMegabytes, unit: "MB", target: 1000, good: "at most" },
    { name: "a byte of 1 GB against a byte of 100 MB", value: growth, unit: "×", target: 1.1, good: "at most" },
  ];
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
