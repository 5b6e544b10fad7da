import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { newRunId } from "../../runner/execution/journal.ts";
import { openHistory } from "../../runner/execution/read-history.ts";
import type { Run } from "../../runner/execution/run-history.ts";
import { succeeded, type StageOutcome } from "../../runner/execution/stage-outcome.ts";
import { presets, type StageName, type StagePolicy } from "../../runner/project/schedules.ts";
import { Scheduler } from "../../runner/scheduling/scheduler.ts";
import type { StageAttempt } from "../../runner/scheduling/stage-process.ts";

/** A clock that goes on only when it is told to; whoever sleeps on it wakes in order. */
export class ManualClock {
  #now: number;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(start: string) {
    this.#now = Date.parse(start);
  }

  readonly now = (): Date => new Date(this.#now);

  readonly sleepUntil = async (moment: Date, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (moment.getTime() <= this.#now || signal?.aborted === true) return resolve();
      const wake = (): void => {
        signal?.removeEventListener("abort", wake);
        resolve();
      };
      signal?.addEventListener("abort", wake, { once: true });
      this.#sleepers.push({ at: moment.getTime(), wake });
    });

  /** Sets the clock, also back, and wakes who has slept long enough. */
  set(moment: Date): void {
    this.#now = moment.getTime();
    for (const sleeper of this.#sleepers.filter(({ at }) => at <= this.#now).toSorted((a, b) => a.at - b.at)) {
      this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1);
      sleeper.wake();
    }
  }
}

export interface SchedulerBench {
  readonly dataDir: string;
  readonly clock: ManualClock;
  readonly scheduler: Scheduler;
  readonly troubles: unknown[];
  readonly finished: Run[];
  /** The clock goes on minute by minute, and the scheduler is woken at each. */
  readonly pass: (minutes: number) => Promise<void>;
  /** From the journals on the disk. */
  readonly runs: () => Promise<readonly Run[]>;
}

interface BenchOptions {
  readonly start: string;
  readonly perform?: (attempt: StageAttempt, clock: ManualClock) => Promise<StageOutcome>;
  readonly policies?: Partial<Record<StageName, Partial<StagePolicy>>>;
  readonly timezone?: string;
  /** Whether the process of a run that is not the bench's is there. */
  readonly isAlive?: (run: Run) => boolean;
}

/** A real scheduler with real journals in a folder of its own, on a clock of its own. */
export async function withScheduler<T>(
  {
    start,
    perform = () => Promise.resolve(succeeded(1)),
    policies = {},
    timezone = "UTC",
    isAlive = () => false,
  }: BenchOptions,
  use: (bench: SchedulerBench) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), "tonearm-scheduler-"));
  const clock = new ManualClock(start);
  const merged = Object.entries(presets.six_hours).map(([stage, policy]) => [
    stage,
    { ...policy, ...Object.entries(policies).find(([name]) => name === stage)?.[1] },
  ]);
  const troubles: unknown[] = [];
  const finished: Run[] = [];
  let last = 0;
  let ours: ReadonlySet<string> = new Set();
  const history = openHistory({
    runsFolder: join(dataDir, "runs"),
    isAlive: (run) => ours.has(run.runId) || isAlive(run),
  });
  const nothing = (): void => undefined;
  const scheduler = new Scheduler(
    { policies: { ...presets.six_hours, ...Object.fromEntries(merged) }, timezone },
    {
      dataDir,
      pid: process.pid,
      version: "test",
      now: clock.now,
      random: () => 0.5,
      newRunId: () => newRunId(new Date((last = Math.max(last + 1, clock.now().getTime()))), process.pid),
      sleepUntil: clock.sleepUntil,
      readRuns: async (atWork) => {
        ours = atWork;
        return (await history.read()).runs;
      },
      performStage: (attempt) => perform(attempt, clock),
      observer: {
        runStarted: nothing,
        runFinished: (run) => finished.push(run),
        tick: nothing,
        settingsChanged: nothing,
        close: () => Promise.resolve(),
      },
      tell: (event) => {
        if (event.kind === "trouble") troubles.push(event.error);
      },
    },
  );
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  };
  try {
    return await use({
      dataDir,
      clock,
      scheduler,
      troubles,
      finished,
      async pass(minutes) {
        for (let minute = 0; minute < minutes; minute++) {
          clock.set(new Date(clock.now().getTime() + 60_000));
          await scheduler.tick();
          await settle();
        }
      },
      runs: async () => (await history.read()).runs,
    });
  } finally {
    await scheduler.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}
