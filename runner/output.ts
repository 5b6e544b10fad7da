import { ProjectError } from "./diagnostics.ts";
import type { Logger } from "./log.ts";

/** Where what a command says goes: text for people, or a JSON line a message. */
export interface Output {
  readonly print: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly fail: (error: unknown, text: string) => void;
  readonly json: Logger | null;
}

/** Text: answers on standard output, warnings and errors on standard error. */
export const textOutput: Output = {
  print: say,
  warn: (line) => void process.stderr.write(`${line}\n`),
  fail: (_, text) => void process.stderr.write(`${text}\n`),
  json: null,
};

/** The output of a format; JSON lines go to standard output, all of them. */
export async function openOutput(format: "text" | "json"): Promise<Output> {
  if (format === "text") return textOutput;
  const log = (await import("./log.ts")).createLogger(process.env["LOG_LEVEL"] ?? "info", 1);
  return {
    print: (line) => (line === "" ? undefined : log.info(line)),
    warn: (line) => log.warn(line),
    fail: (error, text) => log.error(error instanceof ProjectError ? { diagnostics: error.diagnostics } : {}, text),
    json: log,
  };
}

/** Prints a line on standard output. */
export function say(line: string): 0 {
  process.stdout.write(`${line}\n`);
  return 0;
}

/** Shows how far a command is in the last line of a terminal; null wipes it. */
export function showProgress(line: string | null): void {
  // Some terminals do not know their width.
  const width = process.stderr.columns || 80;
  process.stderr.write(`\r\u001B[2K${(line ?? "").slice(0, Math.max(0, width - 1))}`);
}
