import { execFile } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const wanted = "dbt-artifacts-parser==0.15.0";
const folder = resolve(import.meta.dirname, "../../node_modules/.cache", wanted.replace("==", "-"));
const environment = { PATH: process.env["PATH"], HOME: process.env["HOME"], PYTHONPATH: folder };

/** Runs a Python program that can import PyPI's parser of dbt's artefacts; gives what it prints. */
export async function runWithParser(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run("python3", ["-c", program, ...args], { env: environment });
  return stdout;
}

/** Installs the parser once, beside the node modules. Why it cannot be asked; false where it can. */
export async function whyNoParser(): Promise<string | false> {
  const isThere = (): Promise<boolean> =>
    runWithParser("import dbt_artifacts_parser.parser").then(
      () => true,
      () => false,
    );
  if (await isThere()) return false;
  const hasPip = await run("python3", ["-m", "pip", "--version"]).then(
    () => true,
    () => false,
  );
  if (!hasPip) return "Python 3 with pip is missing";
  const partial = `${folder}.${process.pid}`;
  try {
    await mkdir(partial, { recursive: true });
    await run("python3", ["-m", "pip", "install", "--quiet", "--target", partial, wanted], { timeout: 120_000 });
    await rename(partial, folder);
    return false;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (await isThere()) return false;
    const lines = error instanceof Error ? error.message.trim().split("\n") : [];
    return `${wanted} could not be installed from PyPI: ${lines.at(-1) ?? ""}`;
  }
}
