import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { whyNoBrowser } from "./browser.ts";

const repository = resolve(import.meta.dirname, "../..");

/** The account of a Superset that a test runs. */
export const account = { SUPERSET_USERNAME: "admin", SUPERSET_PASSWORD: "a-password-of-this-test" };

/** The virtual environment with Superset, named by SUPERSET_VENV; why it cannot be tested where there is none, or no browser. */
export function whyNoSuperset(): string | false {
  const venv = process.env["SUPERSET_VENV"];
  if (venv === undefined)
    return "SUPERSET_VENV names no virtual environment with Superset (dashboards/superset.sh makes one)";
  if (!existsSync(join(venv, "bin/superset"))) return `${venv} holds no Superset`;
  return whyNoBrowser();
}

/** Starts the installed Superset by the project's own script, in an empty home; ready when it answers. */
export async function startSuperset(
  home: string,
  port: number,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const url = `http://127.0.0.1:${port}`;
  const { PATH = "", HOME = "", SUPERSET_VENV = "" } = process.env;
  const env = { PATH, HOME, ...account, SUPERSET_VENV, SUPERSET_HOME: home, SUPERSET_PORT: String(port) };
  const server = spawn("bash", [join(repository, "dashboards/superset.sh")], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  while (!(await isUp(url))) {
    if (server.exitCode !== null) throw new Error(`Superset ended: ${said.slice(-2000)}`);
    await sleep(1000);
  }
  return { url, stop: () => stopGroup(server) };
}

async function isUp(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health`).catch(() => null);
  return answer?.ok === true;
}

async function stopGroup(server: ChildProcess): Promise<void> {
  const ended = new Promise((done) => server.once("exit", done));
  if (server.pid !== undefined) process.kill(-server.pid, "SIGTERM");
  await ended;
}
