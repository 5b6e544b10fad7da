import type { Connection } from "../warehouse/duckdb.ts";

/** Milliseconds between interrupts: each ends the statement that runs at that moment, and a node has several. */
const interruptEveryMs = 25;

/** Runs work on connections whose statements end as soon as `signal` fires; whatever comes of it then, its reason is thrown. */
export async function interruptible<T>(
  connections: readonly Connection[],
  signal: AbortSignal,
  use: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    for (const connection of connections) connection.interrupt();
  };
  const start = (): void => {
    interrupt();
    timer = setInterval(interrupt, interruptEveryMs);
  };
  signal.throwIfAborted();
  signal.addEventListener("abort", start, { once: true });
  try {
    const result = await use();
    signal.throwIfAborted();
    return result;
  } catch (error) {
    // What an interrupted statement says is no news.
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", start);
    clearInterval(timer);
  }
}
