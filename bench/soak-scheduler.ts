import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { newRunId } from "../runner/execution/journal.ts";
import { pruneJournals } from "../runner/execution/prune-journals.ts";
import { openHistory, readHistory } from "../runner/execution/read-history.ts";
import { type StageOutcome, succeeded } from "../runner/execution/stage-outcome.ts";
import { prng, type Prng } from "../runner/prng.ts";
import { presets } from "../runner/project/schedules.ts";
import { Scheduler } from "../runner/scheduling/scheduler.ts";
import type { StageAttempt } from "../runner/scheduling/stage-process.ts";
import { stageLocks } from "../runner/scheduling/stages.ts";
import { ManualClock } from "../tests/support/scheduler-bench.ts";
import type { SoakChecks } from "./soak-checks.ts";
import { dayMs, faultOf, hourMs, minuteMs, type Outages } from "./soak-faults.ts";

export const timezone = "Europe/Berlin";
export const policies = presets.six_hours;

export interface SeasonOptions {
  readonly dataDir: string;
  readonly start: string;
  readonly days: number;
  readonly checks: SoakChecks;
  /** Does an attempt by a real process; null when it is not its turn. */
  readonly real: (attempt: StageAttempt) => Promise<StageOutcome | null>;
}

export interface Season {
  readonly overlaps: number;
  /** Megabytes of heap after the first day and after the last. */
  readonly heap: readonly [number, number];
}

/** Days of cadence on a clock of the bench, with everything going wrong that does. */
export async function simulateSeason(options: SeasonOptions): Promise<Season> {
  const season = new SeasonOfRuns(options);
  await season.scheduler.start();
  let heap = 0;
  const steps = (options.days * dayMs) / (5 * minuteMs);
  for (let step = 0; step < steps; step++) {
    await season.step();
    if (step === 288) heap = usedHeap();
  }
  await season.end();
  return { overlaps: season.overlaps, heap: [heap, usedHeap()] };
}

class SeasonOfRuns {
  readonly #options: SeasonOptions;
  readonly #clock: ManualClock;
  readonly #chance: Prng;
  readonly #outages: Outages = { postgresUntil: 0, diskUntil: 0, spotifyClosedUntil: 0 };
  readonly #busy = new Set<string>();
  #life = 0;
  #shiftMs = 0;
  #lastId = 0;
  overlaps = 0;
  scheduler: Scheduler;

  constructor(options: SeasonOptions) {
    this.#options = options;
    this.#clock = new ManualClock(options.start);
    this.#chance = prng(`soak ${options.start}`);
    this.scheduler = this.#newScheduler();
  }

  /** Five minutes go by, in which something may go wrong. */
  async step(): Promise<void> {
    const now = (): number => this.#clock.now().getTime();
    const happens = (perDay: number): boolean => this.#chance.chance(perDay / 288);
    let pauseMs = 5 * minuteMs;
    if (happens(0.1)) this.#begin("a day without Postgres", () => (this.#outages.postgresUntil = now() + dayMs));
    if (happens(0.1)) this.#begin("an hour without disk", () => (this.#outages.diskUntil = now() + hourMs));
    if (happens(0.15)) this.#begin("12 hours of sleep", () => (pauseMs = 12 * hourMs));
    if (happens(0.2)) this.#begin("clock jumps", () => (pauseMs += this.#jump()));
    if (happens(0.3)) this.#begin("schedulers killed", () => this.#kill());
    const isFull = now() < this.#outages.diskUntil;
    await this.#fillDisk(isFull);
    await this.#wakeAt(now() + pauseMs);
    if (happens(1)) await this.#readAndPrune();
  }

  /** The clock of the bench stands still while real processes are at work. */
  async #wakeAt(ms: number): Promise<void> {
    this.#clock.set(new Date(ms));
    await this.scheduler.tick();
    await settle();
    while (this.#isReal) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await settle();
    }
  }

  async end(): Promise<void> {
    await this.#fillDisk(false);
    this.#outages.postgresUntil = this.#outages.diskUntil = 0;
    for (let step = 0; step < 12 * 24; step++) {
      await this.#wakeAt(this.#clock.now().getTime() + 5 * minuteMs);
    }
    await this.scheduler.stop();
    await this.#readAndPrune();
  }

  /** What counts as a record is what stands on the disk. */
  async #readAndPrune(): Promise<void> {
    const runsFolder = join(this.#options.dataDir, "runs");
    const { runs } = await readHistory({ runsFolder });
    // What lies months back is of the season before.
    const since = new Date(Date.parse(this.#options.start) - dayMs).toISOString();
    const ofSeason = runs.filter(({ startedAt }) => startedAt >= since);
    for (const run of ofSeason) this.#options.checks.recordSlots(run, { timezone, policies });
    await pruneJournals(runsFolder, { now: this.#clock.now(), keepDays: 10 });
  }

  #begin(name: string, use: () => void): void {
    const { counts } = this.#options.checks;
    counts[name] = (counts[name] ?? 0) + 1;
    use();
  }

  /** Two hours either way, and back some time later. */
  #jump(): number {
    const by = this.#shiftMs === 0 ? (this.#chance.chance(0.5) ? 2 : -2) * hourMs : -this.#shiftMs;
    this.#shiftMs += by;
    return by;
  }

  /** As kill -9 does: its journals end where they are, its stages go with it, and another scheduler begins. */
  #kill(): void {
    this.#life += 1;
    this.#busy.clear();
    this.scheduler = this.#newScheduler();
  }

  /** A file where a folder of every data folder should be: nothing can be written, also not by root. */
  async #fillDisk(isFull: boolean): Promise<void> {
    const path = join(this.#options.dataDir, "locks");
    if (isFull) await rm(path, { recursive: true, force: true }).then(() => writeFile(path, ""));
    else await rm(path, { force: true }).catch(() => undefined);
  }

  #isReal = false;

  /** What a scheduler that was killed waits for never comes: nobody hears of it any more. */
  async #unlessKilled<T>(life: number, use: () => Promise<T>): Promise<T> {
    const never = new Promise<T>(() => undefined);
    if (life !== this.#life) return never;
    const result = await use();
    return life === this.#life ? result : never;
  }

  async #perform(attempt: StageAttempt): Promise<StageOutcome> {
    const { stage } = attempt;
    const lock = stageLocks[stage];
    if (this.#busy.has(lock)) this.overlaps += 1;
    this.#busy.add(lock);
    const life = this.#life;
    const outcome = await this.#work(attempt);
    if (life === this.#life) this.#busy.delete(lock);
    return outcome;
  }

  async #work(attempt: StageAttempt): Promise<StageOutcome> {
    const { stage } = attempt;
    const now = this.#clock.now().getTime();
    const fault = faultOf(stage, now, { outages: this.#outages, chance: this.#chance });
    if (fault !== null) return fault;
    this.#isReal = true;
    const outcome = await this.#options.real(attempt).finally(() => (this.#isReal = false));
    if (outcome !== null) return outcome;
    // Now and then a build takes longer than its interval.
    const isLong = stage === "build" && this.#chance.chance(0.03);
    const ms = isLong ? 7 * hourMs : stage === "train" ? 30 * minuteMs : 0;
    if (isLong) this.#begin("builds longer than their interval", () => undefined);
    if (ms > 0) await this.#clock.sleepUntil(new Date(now + ms), attempt.signal);
    return succeeded(1);
  }

  #newScheduler(): Scheduler {
    const { dataDir, checks } = this.#options;
    const life = this.#life;
    // Each life is another process.
    const pid = process.pid + life;
    let ours: ReadonlySet<string> = new Set();
    const sinceId = (): string => newRunId(new Date(this.#clock.now().getTime() - 8 * dayMs), 0);
    const runsFolder = join(dataDir, "runs");
    const history = openHistory({ runsFolder, sinceId, isAlive: ({ runId }) => ours.has(runId) });
    const nothing = (): void => undefined;
    return new Scheduler(
      { policies, timezone },
      {
        dataDir,
        pid,
        version: "soak",
        now: this.#clock.now,
        random: () => this.#chance.uniform(),
        newRunId: () => {
          this.#lastId = Math.max(this.#lastId + 1, this.#clock.now().getTime());
          return newRunId(new Date(this.#lastId), pid);
        },
        sleepUntil: (moment, signal) => this.#unlessKilled(life, () => this.#clock.sleepUntil(moment, signal)),
        readRuns: async (atWork) => {
          ours = atWork;
          return (await history.read()).runs;
        },
        performStage: (attempt) => this.#unlessKilled(life, () => this.#perform(attempt)),
        observer: {
          runStarted: nothing,
          runFinished: (run) => checks.add(run, this.#clock.now()),
          tick: nothing,
          settingsChanged: nothing,
          close: () => Promise.resolve(),
        },
        tell: nothing,
      },
    );
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise(setImmediate);
}

function usedHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
