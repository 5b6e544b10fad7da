import { PatientJournal } from "../execution/patient-journal.ts";
import type { Run } from "../execution/run-history.ts";
import type { StageOutcome } from "../execution/stage-outcome.ts";
import type { StageName } from "../project/schedules.ts";
import { planFirstRuns, type PlannedRun, planRuns, type ScheduleState } from "./plan-runs.ts";
import type { RunObserver } from "./run-observer.ts";
import { runOutcome, runStages } from "./run-stages.ts";
import type { StageAttempt } from "./stage-process.ts";
import { StageTurns } from "./stage-turns.ts";
import type { StagePolicies } from "./stages.ts";

/** What may change while the scheduler runs. */
export interface SchedulerSettings {
  readonly policies: StagePolicies;
  readonly timezone: string;
}

/** All that the scheduler does to the outside; the clock too, so that a year passes in a minute where it is tried out. */
export interface SchedulerEffects {
  readonly dataDir: string;
  readonly pid: number;
  readonly version: string;
  readonly now: () => Date;
  readonly random: () => number;
  readonly newRunId: () => string;
  readonly sleepUntil: (moment: Date, signal: AbortSignal) => Promise<void>;
  /** Runs of the last days from their journals; `ours` are those of this process that are at work. */
  readonly readRuns: (ours: ReadonlySet<string>) => Promise<readonly Run[]>;
  /** One attempt of a stage. */
  readonly performStage: (attempt: StageAttempt) => Promise<StageOutcome>;
  readonly observer: RunObserver;
  /** What somebody who reads the log should know; never a row. */
  readonly tell: (event: SchedulerEvent) => void;
}

export type SchedulerEvent =
  | { readonly kind: "run_started" | "run_finished"; readonly run: Run }
  | { readonly kind: "trouble"; readonly error: unknown };

/** Begins the runs that are due each time it is woken; what is due, it works out anew from the journals. */
export class Scheduler {
  readonly #effects: SchedulerEffects;
  readonly #turns = new StageTurns();
  readonly #stop = new AbortController();
  readonly #since: Date;
  readonly #active = new Map<string, { readonly journal: PatientJournal; readonly done: Promise<void> }>();
  /** Journals of runs that have ended and could not be written yet. */
  readonly #unwritten = new Map<string, PatientJournal>();
  #settings: SchedulerSettings;
  #runs: readonly Run[] = [];
  #waking: Promise<void> = Promise.resolve();

  constructor(settings: SchedulerSettings, effects: SchedulerEffects) {
    this.#settings = settings;
    this.#effects = effects;
    this.#since = effects.now();
  }

  /** Begins everything that is scheduled, at once. */
  async start(): Promise<void> {
    await this.#wake(planFirstRuns);
  }

  /** Begins what is due. */
  async tick(): Promise<void> {
    await this.#wake(planRuns);
  }

  /** From now on these settings count; runs that are at work keep theirs. */
  reload(settings: SchedulerSettings): void {
    this.#settings = settings;
  }

  /** Runs that are at work. */
  get active(): readonly Run[] {
    return [...this.#active.values()].flatMap(({ journal }) => journal.run ?? []);
  }

  /** Waits until no run is at work. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) await Promise.all([...this.#active.values()].map(({ done }) => done));
  }

  /** Ends what is at work and tells the journals. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#waking;
    await this.idle();
    for (const journal of this.#unwritten.values()) await journal.close();
  }

  async #wake(plan: (state: ScheduleState) => readonly PlannedRun[]): Promise<void> {
    // One after the other: what one began, the next has to know of.
    this.#waking = this.#waking
      .then(() => this.#begin(plan))
      .catch((error: unknown) => {
        this.#effects.tell({ kind: "trouble", error });
      });
    await this.#waking;
  }

  async #begin(plan: (state: ScheduleState) => readonly PlannedRun[]): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const { now, observer, readRuns } = this.#effects;
    for (const [runId, journal] of this.#unwritten) if (await journal.close()) this.#unwritten.delete(runId);
    for (const { journal } of this.#active.values()) await journal.flush();
    const written = await readRuns(new Set(this.#active.keys()));
    this.#runs = [...written.filter(({ runId }) => !this.#isOurs(runId)), ...this.#ours()];
    const state = { ...this.#settings, runs: this.#runs, now: now(), since: this.#since };
    for (const planned of plan(state)) await this.#beginRun(planned);
    observer.tick(now(), this.#runs);
  }

  #isOurs(runId: string): boolean {
    return this.#active.has(runId) || this.#unwritten.has(runId);
  }

  #ours(): readonly Run[] {
    return [...this.active, ...[...this.#unwritten.values()].flatMap((journal) => journal.run ?? [])];
  }

  async #beginRun(planned: PlannedRun): Promise<void> {
    const { dataDir, now, newRunId, pid, version, tell } = this.#effects;
    const runId = newRunId();
    const onTrouble = (error: unknown): void => tell({ kind: "trouble", error });
    const journal = new PatientJournal({ dataDir, runId, now, onTrouble });
    const { trigger, slots, missed, stages } = planned;
    const start = { event: "run_started", command: "schedule", args: [], pid, version } as const;
    journal.write({ ...start, trigger, slots, missed, stages: [...stages] });
    await journal.flush();
    const done = this.#finishRun(runId, planned, journal);
    this.#active.set(runId, { journal, done });
  }

  async #finishRun(runId: string, planned: PlannedRun, journal: PatientJournal): Promise<void> {
    const { now, tell, observer, readRuns } = this.#effects;
    const began = now().getTime();
    this.#tellOf("run_started", journal);
    const { policies } = this.#settings;
    const outcomes = await this.#runStages(runId, planned, { journal, policies });
    const ms = Math.max(0, now().getTime() - began);
    const status = this.#stop.signal.aborted ? "cancelled" : runOutcome(outcomes, policies);
    journal.write({ event: "run_finished", status, ms });
    const isWritten = await journal.close();
    if (!isWritten) this.#unwritten.set(runId, journal);
    this.#active.delete(runId);
    const parts = await readRuns(new Set(this.#active.keys())).catch((error: unknown) => {
      tell({ kind: "trouble", error });
      return [];
    });
    const { run } = journal;
    this.#tellOf("run_finished", journal);
    if (run !== null)
      observer.runFinished(
        run,
        parts.filter(({ parent }) => parent?.runId === runId),
      );
  }

  #tellOf(kind: "run_started" | "run_finished", { run }: PatientJournal): void {
    if (run === null) return;
    this.#effects.tell({ kind, run });
    if (kind === "run_started") this.#effects.observer.runStarted(run);
  }

  async #runStages(
    runId: string,
    { stages, slots }: PlannedRun,
    { journal, policies }: { readonly journal: PatientJournal; readonly policies: StagePolicies },
  ): Promise<ReadonlyMap<StageName, StageOutcome>> {
    const { now, random, sleepUntil, performStage } = this.#effects;
    const { signal } = this.#stop;
    const due = stages.filter(
      (stage) => stage in slots || policies[stage].after.every((other) => !stages.includes(other)),
    );
    return runStages(
      { stages, due: new Set(due), policies },
      {
        write(event) {
          journal.write(event);
          void journal.flush();
        },
        perform: (stage, attempt) => {
          const { timeoutSeconds } = policies[stage];
          return performStage({ stage, parent: { runId, stage, attempt }, timeoutSeconds, signal });
        },
        claim: (stage, use) => this.#turns.claim(stage, { runId, elsewhere: this.#elsewhere(stage) }, use),
        inTurn: (stage, use) => this.#turns.inTurn(stage, use),
        sleepUntil: (moment) => sleepUntil(moment, signal),
        isStopping: () => signal.aborted,
        now,
        random,
      },
    );
  }

  /** A run of another process that is at this stage. */
  #elsewhere(stage: StageName): string | null {
    const { pid } = this.#effects;
    const found = this.#runs.find(
      (run) =>
        run.pid !== pid &&
        run.parent === null &&
        run.status === "running" &&
        run.stages.some((one) => one.stage === stage && one.status === "running"),
    );
    return found?.runId ?? null;
  }
}
