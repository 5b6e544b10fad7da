import { environmentOf, findInputs, land } from "./inputs.ts";
import { measureProcess, runNode, tonearm, withScratchFolder } from "./measure.ts";
import type { Figure } from "./report.ts";

/** The longest wait of the main thread, printed at the end of a process by `report-delay.mjs`. */
const delayLine = /longest wait of the main thread: (\d+) ms/;

/** `train` of every model on the real export and catalogue, and once more without new data, in whole processes. */
export async function measureTraining(): Promise<readonly Figure[]> {
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const environment = environmentOf(folder);
    await land(inputs, folder);
    await runNode([...tonearm, "build"], environment);
    const first = await measureProcess([...tonearm, "train"], environment);
    const second = await measureProcess([...tonearm, "train"], environment);
    const watched = [
      "--import",
      "./bench/report-delay.mjs",
      ...tonearm,
      "train",
      "--select",
      "mood_regression",
      "--force",
    ];
    const delay = Number(delayLine.exec(await runNode(watched, environment))?.[1]);
    const cpu = `${first.cpuSeconds.toFixed(1)} s of processor time`;
    return [
      { name: "train everything", value: first.wallSeconds, unit: "s", target: 60, good: "at most", note: cpu },
      { name: "train without new data", value: second.wallSeconds, unit: "s", target: 1.5, good: "at most" },
      { name: "peak of train", value: first.peakMegabytes, unit: "MB", target: 1000, good: "at most" },
      { name: "longest wait of the main thread in train", value: delay, unit: "ms", target: 100, good: "at most" },
    ];
  });
}
