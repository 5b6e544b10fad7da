import { createInterface } from "node:readline";

/** The next line typed, null when no more can come or when the signal ends the waiting. */
export type ReadLine = (signal?: AbortSignal) => Promise<string | null>;

/** Runs `use` with the lines that come on standard input, and lets go of it afterwards, so that the process can end. */
export async function withTypedLines<T>(use: (readLine: ReadLine) => Promise<T>): Promise<T> {
  // As no terminal: a terminal of readline's own takes Ctrl-C for itself.
  const lines = createInterface({ input: process.stdin, terminal: false });
  const typed = lines[Symbol.asyncIterator]();
  try {
    return await use((signal) => nextLine(typed, signal));
  } finally {
    lines.close();
  }
}

async function nextLine(typed: AsyncIterator<string>, signal?: AbortSignal): Promise<string | null> {
  if (signal?.aborted === true) return null;
  const next = typed.next().then(({ done, value }) => (done === true ? null : value));
  const ended = new Promise<null>((resolve) => signal?.addEventListener("abort", () => resolve(null), { once: true }));
  return Promise.race([next, ended]);
}
