import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { environmentOf, findInputs, land } from "./inputs.ts";
import { measureProcess, runNode, tonearm, withScratchFolder } from "./measure.ts";
import type { Figure } from "./report.ts";

/** `train` of every model on the real export and catalogue, and once more without new data, in whole processes. */
export async function measureTraining(): Promise<readonly Figure[]> {
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const environment = environmentOf(folder);
    await land(inputs, folder);
    await runNode([...tonearm, "build"], environment);
    const delayPath = join(folder, "delay");
    const watched = ["--import", "./bench/report-delay.mjs", ...tonearm, "train"];
    const first = await measureProcess(watched, { ...environment, BENCH_DELAY_FILE: delayPath });
    const delay = Number(await readFile(delayPath, "utf8"));
    const second = await measureProcess([...tonearm, "train"], environment);
    const cpu = `${first.cpuSeconds.toFixed(1)} s of processor time`;
    return [
      { name: "train everything", value: first.wallSeconds, unit: "s", target: 60, good: "at most", note: cpu },
      { name: "train without new data", value: second.wallSeconds, unit: "s", target: 1.5, good: "at most" },
      { name: "peak of train", value: first.peakMegabytes, unit: "MB", target: 1000, good: "at most" },
      { name: "longest wait of the main thread in train", value: delay, unit: "ms", target: 100, good: "at most" },
    ];
  });
}
