import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Life } from "./life.ts";
import { startTonearm } from "./tonearm.ts";

/** Kills `train` with -9 as soon as `isTime` holds of what it printed; true when the kill came before its end. */
export async function killTraining(
  { root, dataDir }: Life,
  args: readonly string[],
  isTime: (stdout: string) => boolean,
): Promise<boolean> {
  const environment = { DATA_DIR: dataDir, TONEARM_TIMEZONE: "UTC" };
  const child = startTonearm(["train", ...args], { cwd: root, environment });
  let stdout = "";
  child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  const end = new Promise<NodeJS.Signals | null>((done) => child.on("close", (_code, signal) => done(signal)));
  while (child.exitCode === null && !isTime(stdout)) await sleep(1);
  child.kill("SIGKILL");
  return (await end) === "SIGKILL";
}

/** How many decisions the registry's history tells of, whole lines only. */
export function countDecisions(dataDir: string): number {
  const path = join(dataDir, "registry/history.jsonl");
  if (!existsSync(path)) return 0;
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.filter((line) => line.includes('"event":"decided"')).length;
}
