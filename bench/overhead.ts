import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";

import * as z from "zod";

import { environmentOf, findInputs, land } from "./inputs.ts";
import { median, runNode, tonearm, withScratchFolder } from "./measure.ts";
import type { BenchReport } from "./report.ts";

/** Milliseconds, by timers in the process. */
const spentSchema = z.strictObject({
  fingerprints: z.number(),
  journal: z.number(),
  hashes: z.number(),
  whole: z.number(),
});

/**
 * The part of a cold build of the real export that fingerprints, journal and content hashes take together. Queries of two connections run at
 * the same time, and each counts whole: the part is rather too large.
 */
export async function overhead(rounds: number): Promise<BenchReport> {
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const landed = join(folder, "landed");
    await land(inputs, landed);
    const measured: z.infer<typeof spentSchema>[] = [];
    for (let round = 0; round < rounds; round++) {
      const dataDirectory = join(folder, `data-${round}`);
      await cp(landed, dataDirectory, { recursive: true });
      const path = join(folder, `overhead-${round}.json`);
      const environment = { ...environmentOf(dataDirectory), BENCH_OVERHEAD_FILE: path };
      await runNode(["--import", "./bench/time-overhead.mjs", ...tonearm, "build"], environment);
      measured.push(spentSchema.parse(JSON.parse(await readFile(path, "utf8"))));
    }
    const part = ({ fingerprints, journal, hashes, whole }: z.infer<typeof spentSchema>): number =>
      (100 * (fingerprints + journal + hashes)) / whole;
    const ms = (name: keyof z.infer<typeof spentSchema>): string =>
      `${name} ${median(measured.map((one) => one[name])).toFixed(0)} ms`;
    return {
      summaries: [],
      notes: [[ms("fingerprints"), ms("journal"), ms("hashes"), ms("whole")].join(", ")],
      figures: [
        {
          name: "fingerprints, journal and content hashes",
          value: median(measured.map(part)),
          unit: "% of a build",
          target: 10,
          good: "at most",
          digits: 1,
        },
      ],
    };
  });
}
