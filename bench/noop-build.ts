import { environmentOf, findInputs, land } from "./inputs.ts";
import { measureInTurns, runNode, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, summaryOf } from "./report.ts";

/** SQLMesh 0.236 with nothing to do, on a project of 26 models over the same inputs, on two cores. */
const sqlmeshSeconds = 4.1;

/** A build and a pipeline that find nothing to do, after a full one. */
export async function noopBuild(rounds: number): Promise<BenchReport> {
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const environment = environmentOf(folder);
    await land(inputs, folder);
    await runNode([...tonearm, "build"], environment);
    const contenders = ["build", "pipeline"].map((command) => ({
      name: `tonearm ${command} (nothing)`,
      args: [...tonearm, command],
      prepare: async () => environment,
    }));
    const summaries = await measureInTurns(contenders, rounds);
    const { wallSeconds } = summaryOf(summaries, "tonearm build (nothing)");
    const pipeline = summaryOf(summaries, "tonearm pipeline (nothing)").wallSeconds;
    return {
      summaries,
      figures: [
        { name: "nothing to do", value: wallSeconds, unit: "s", target: 1, good: "at most" },
        { name: "pipeline with nothing new", value: pipeline, unit: "s", target: 1.5, good: "at most" },
        {
          name: "against SQLMesh",
          value: wallSeconds / sqlmeshSeconds,
          unit: "× SQLMesh",
          target: 0.25,
          good: "at most",
          note: `${sqlmeshSeconds} s as measured on another project of 26 models`,
        },
      ],
    };
  });
}
