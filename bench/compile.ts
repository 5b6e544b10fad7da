import { rm } from "node:fs/promises";
import { join } from "node:path";

import { environmentOf } from "./inputs.ts";
import { type Contender, measureInTurns, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, summaryOf } from "./report.ts";
import { makeViews, writeViews } from "./small-models.ts";

const names = {
  small: "compile of 1,000 models",
  large: "compile of 4,000 models",
  again: "the same 1,000 again",
} as const;

/** `compile` of small models, all columns bound and traced, whole process, without anything kept of a run before. */
export async function compiling(rounds: number): Promise<BenchReport> {
  return withScratchFolder(async (folder) => {
    const contender = async (name: string, count: number, isCold: boolean): Promise<Contender> => {
      const root = join(folder, String(count));
      await writeViews(root, makeViews(count));
      return {
        name,
        args: [...tonearm, "compile", "--project-dir", root],
        prepare: async () => {
          if (isCold) await rm(join(root, "target"), { recursive: true, force: true });
          return environmentOf(join(folder, "data"));
        },
      };
    };
    const contenders = [
      await contender(names.small, 1000, true),
      await contender(names.again, 1000, false),
      await contender(names.large, 4000, true),
    ];
    const summaries = await measureInTurns(contenders, rounds);
    const small = summaryOf(summaries, names.small).wallSeconds;
    const large = summaryOf(summaries, names.large).wallSeconds;
    return {
      summaries,
      figures: [
        { name: names.small, value: small, unit: "s", target: 2, good: "at most" },
        { name: "4,000 against 1,000", value: large / small, unit: "×", target: 4.5, good: "at most" },
      ],
    };
  });
}
