import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { median, projectRoot, tonearm, withScratchFolder } from "./measure.ts";
import type { BenchReport } from "./report.ts";

/** A project whose only work is that of the first run; no slot comes while it is measured. */
const project = `name: idle
vars: { timezone: UTC }
models: { gold: { schema: gold } }
schedules:
  stages: ${JSON.stringify(Object.fromEntries(["poll", "bronze", "predictive", "train"].map((name) => [name, { cron: "0 0 1 1 *" }])))}
`;
const seconds = 180;

/** What a scheduler takes that waits: memory and processor time over three minutes after its first run. Linux only. */
export async function idleScheduler(rounds: number): Promise<BenchReport> {
  const idle: Usage[] = [];
  for (let round = 0; round < rounds; round++) idle.push(await withScratchFolder(measureIdle));
  const [memory, share] = [median(idle.map((one) => one.megabytes)), median(idle.map((one) => one.share))];
  return {
    summaries: [],
    figures: [
      { name: "memory of an idle scheduler", value: memory, unit: "MB", target: 110, good: "at most" },
      { name: "processor time of it", value: share * 100, unit: "% of a core", target: 0.5, good: "at most" },
    ],
  };
}

interface Usage {
  readonly megabytes: number;
  /** Of a core. */
  readonly share: number;
}

async function measureIdle(root: string): Promise<Usage> {
  await mkdir(join(root, "models/gold"), { recursive: true });
  await writeFile(join(root, "project.yml"), project);
  await writeFile(join(root, "models/gold/ones.sql"), "/*--- { description: One. } ---*/\nselect 1 as one\n");
  const args = [...tonearm.map((part) => join(projectRoot, part)), "schedule", "--project-dir", root];
  const environment = { ...process.env, DATA_DIR: join(root, "data") };
  const child = spawn(process.execPath, args, { cwd: root, env: environment, stdio: ["ignore", "pipe", "inherit"] });
  try {
    await saysNext(child);
    const before = await usageOf(child);
    await sleep(seconds * 1000);
    const after = await usageOf(child);
    return { megabytes: after.megabytes, share: (after.cpuSeconds - before.cpuSeconds) / seconds };
  } finally {
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("exit", resolve));
  }
}

/** Waits until its first run has ended: it tells each stage, the export last. */
async function saysNext(child: ChildProcess): Promise<void> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (/^ +export +skipped/m.test(said)) resolve();
    });
    child.once("exit", () => reject(new Error(`The scheduler ended: ${said}`)));
  });
}

async function usageOf({
  pid = 0,
}: ChildProcess): Promise<{ readonly megabytes: number; readonly cpuSeconds: number }> {
  const [status, stat] = await Promise.all(["status", "stat"].map((name) => readFile(`/proc/${pid}/${name}`, "utf8")));
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status ?? "")?.[1]);
  // Behind the name in brackets: user and system time, in hundredths of a second.
  const fields = (stat ?? "").slice((stat ?? "").lastIndexOf(")") + 2).split(" ");
  return { megabytes: kilobytes / 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}
