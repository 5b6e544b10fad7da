/** Signals that ask a run to end; a service manager sends the first, Ctrl-C the second. */
export const stopSignals = ["SIGTERM", "SIGINT"] as const;
export type StopSignal = (typeof stopSignals)[number];

const exitCodes = { SIGTERM: 143, SIGINT: 130 } as const satisfies Record<StopSignal, number>;

/** Seconds between the first signal and the end of a process that did not come to its end by itself. */
const graceSeconds = 8;

/** Why work ended before its time: it was told to. Nothing of it counts; exit code 143 or 130, as shells have it. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
  readonly exitCode: 143 | 130;

  constructor(signal: StopSignal) {
    super(`Stopped by ${signal}.`);
    this.exitCode = exitCodes[signal];
  }
}

/**
 * Runs work that ends cleanly when it is told to: its AbortSignal fires at the first SIGTERM or SIGINT with a CancelledError as its reason.
 * A second signal, or 8 s, end the process at once. Work inside other such work, whose signal is `outer`, listens to that one.
 */
export async function withCancellation<T>(
  outer: AbortSignal | undefined,
  use: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (outer !== undefined) return use(outer);
  const controller = new AbortController();
  let deadline: NodeJS.Timeout | undefined;
  const stop = (received: NodeJS.Signals): void => {
    const signal = stopSignals.find((known) => known === received) ?? "SIGTERM";
    if (controller.signal.aborted) return end(signal);
    deadline = setTimeout(end, graceSeconds * 1000, signal);
    controller.abort(new CancelledError(signal));
  };
  const end = (signal: StopSignal): void => {
    for (const one of stopSignals) process.off(one, stop);
    process.kill(process.pid, signal);
  };
  for (const signal of stopSignals) process.on(signal, stop);
  try {
    const result = await use(controller.signal);
    controller.signal.throwIfAborted();
    return result;
  } finally {
    clearTimeout(deadline);
    for (const signal of stopSignals) process.off(signal, stop);
  }
}
