import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

import * as z from "zod";

import { median, projectRoot, runNode } from "./measure.ts";
import type { Figure } from "./report.ts";

const timesSchema = z.strictObject({ fitSeconds: z.number(), scoreSeconds: z.number() });

/** Training and scoring times of our booster and, where BENCH_PYTHON has it, scikit-learn's, in turns, each in a process. */
export async function measureBoosting(folder: string, rounds: number): Promise<readonly Figure[]> {
  const python = process.env["BENCH_PYTHON"];
  const ratios: number[] = [];
  const scoring: number[] = [];
  const notes: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const ours = parseTimes(await runNode(["--import", "tsx", "bench/learning-fit.ts", folder], {}));
    scoring.push(ours.scoreSeconds);
    if (python === undefined) {
      notes.push(`${ours.fitSeconds.toFixed(2)} s`);
      continue;
    }
    const theirs = parseTimes(await runPython(python, ["bench/learning-sklearn.py", folder, "--time"], 2));
    ratios.push(ours.fitSeconds / theirs.fitSeconds);
    notes.push(`${ours.fitSeconds.toFixed(2)} s against ${theirs.fitSeconds.toFixed(2)} s`);
  }
  const score: Figure = {
    name: "100,000 rows by 300 trees",
    value: median(scoring),
    unit: "s",
    target: 0.5,
    good: "at most",
  };
  if (ratios.length === 0) return [score];
  // Its threads wait for each other all the while; scores need no clock.
  process.stdout.write(await runPython(python ?? "", ["bench/learning-sklearn.py", folder], 1));
  const name = "300 rounds on 71,850 × 14";
  return [
    { name, value: median(ratios), unit: "× scikit-learn", target: 2, good: "at most", note: notes.join(", ") },
    score,
  ];
}

function parseTimes(output: string): z.infer<typeof timesSchema> {
  return timesSchema.parse(JSON.parse(output));
}

async function runPython(python: string, args: readonly string[], threads: number): Promise<string> {
  const child = spawn(python, args, {
    cwd: projectRoot,
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [output, exitCode] = await Promise.all([text(child.stdout), exit]);
  if (exitCode !== 0) throw new Error(`${python} ${args.join(" ")} ended with ${exitCode}.`);
  return output;
}
