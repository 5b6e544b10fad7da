import { copyFile, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";

import { environmentOf, findInputs } from "./inputs.ts";
import { measureInTurns, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, summaryOf } from "./report.ts";

/** The whole pipeline on the real export and catalogue: landing, a cold build, the summary. */
export async function memory(rounds: number): Promise<BenchReport> {
  const { exportPath, cataloguePath } = await findInputs();
  return withScratchFolder(async (folder) => {
    const name = "tonearm pipeline";
    const prepare = async (round: number): Promise<Readonly<Record<string, string>>> => {
      const dataDirectory = join(folder, `data-${round}`);
      const inbox = join(dataDirectory, "inbox");
      await mkdir(inbox, { recursive: true, mode: 0o700 });
      for (const path of [exportPath, cataloguePath]) await copyFile(path, join(inbox, basename(path)));
      return environmentOf(dataDirectory);
    };
    const summaries = await measureInTurns([{ name, args: [...tonearm, "pipeline"], prepare }], rounds);
    const { peakMegabytes } = summaryOf(summaries, name);
    return {
      summaries,
      figures: [{ name: "peak of the whole pipeline", value: peakMegabytes, unit: "MB", target: 600, good: "at most" }],
    };
  });
}
