import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import * as z from "zod";

/** What one whole process cost, from spawn to exit. */
export interface Measurement {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/** A script that is started afresh for every measurement; `prepare` is not measured and gives its environment. */
export interface Contender {
  readonly name: string;
  readonly args: readonly string[];
  readonly prepare: (round: number) => Promise<Readonly<Record<string, string>>>;
}

/** Medians of one contender, with every wall time in the order of the rounds. */
export interface Summary extends Measurement {
  readonly name: string;
  readonly walls: readonly number[];
}

/** The folder that holds package.json; every measured process starts in it. */
export const projectRoot = fileURLToPath(new URL("..", import.meta.url));

/** How Node starts the project's own command line. */
export const tonearm = ["runner/start.mjs"] as const;

const usageSchema = z.strictObject({ cpuMicroseconds: z.number(), peakKilobytes: z.number() });

/** Measures contenders in turns (A B A B …), so that a noisy minute hits all of them, and takes medians. */
export async function measureInTurns(contenders: readonly Contender[], rounds: number): Promise<readonly Summary[]> {
  const measured = new Map<string, Measurement[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      const environment = await contender.prepare(round);
      measured.get(contender.name)?.push(await measureProcess(contender.args, environment));
    }
  }
  return contenders.map(({ name }) => summarize(name, measured.get(name) ?? []));
}

/** Runs one Node process to its end; a process that fails cannot be measured and throws with what it said. */
export async function measureProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Measurement> {
  return withScratchFolder(async (folder) => {
    const usagePath = join(folder, "usage.json");
    const started = performance.now();
    await runNode(["--import", "./bench/report-usage.mjs", ...args], { ...environment, BENCH_USAGE_FILE: usagePath });
    const wallSeconds = (performance.now() - started) / 1000;
    const usage = usageSchema.parse(JSON.parse(await readFile(usagePath, "utf8")));
    return { wallSeconds, cpuSeconds: usage.cpuMicroseconds / 1e6, peakMegabytes: usage.peakKilobytes / 1024 };
  });
}

/** Runs a Node script in the project's root and gives back its standard output; a failure throws. */
export async function runNode(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [output, errors, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  if (exitCode !== 0) throw new Error(`node ${args.join(" ")} ended with ${exitCode}:\n${output}\n${errors}`);
  return output;
}

/** A fresh folder for what a bench writes, removed afterwards. */
export async function withScratchFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "tonearm-bench-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  if (middle.length === 0) throw new Error("There is no median of nothing.");
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

function summarize(name: string, measurements: readonly Measurement[]): Summary {
  return {
    name,
    wallSeconds: median(measurements.map((one) => one.wallSeconds)),
    cpuSeconds: median(measurements.map((one) => one.cpuSeconds)),
    peakMegabytes: median(measurements.map((one) => one.peakMegabytes)),
    walls: measurements.map((one) => one.wallSeconds),
  };
}
