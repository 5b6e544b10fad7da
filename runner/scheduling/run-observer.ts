import type { Run } from "../execution/run-history.ts";
import type { Project } from "../project/project.ts";

/** Whoever watches runs: alerts, heartbeat, metrics. None of it may throw or hold a run up: what takes time goes on in the background. */
export interface RunObserver {
  /** Before the first stage. */
  readonly runStarted: (run: Run) => void;
  /** With the runs that were parts of it: builds, with their nodes and tests. */
  readonly runFinished: (run: Run, parts: readonly Run[]) => void;
  /** About once a minute, with the runs of the last days. */
  readonly tick: (now: Date, runs: readonly Run[]) => void;
  /** project.yml was read again and is sound. */
  readonly settingsChanged: (project: Project) => void;
  /** At the end; waits a few seconds at most for what is on its way. */
  readonly close: () => Promise<void>;
}

/** Tells several observers; one that throws all the same keeps nothing from the others. */
export function tellAll(observers: readonly RunObserver[], onTrouble: (error: unknown) => void): RunObserver {
  const each = (tell: (observer: RunObserver) => void): void => {
    for (const observer of observers) {
      try {
        tell(observer);
      } catch (error) {
        onTrouble(error);
      }
    }
  };
  return {
    runStarted: (run) => each((observer) => observer.runStarted(run)),
    runFinished: (run, parts) => each((observer) => observer.runFinished(run, parts)),
    tick: (now, runs) => each((observer) => observer.tick(now, runs)),
    settingsChanged: (project) => each((observer) => observer.settingsChanged(project)),
    async close() {
      await Promise.all(observers.map((observer) => observer.close().catch(onTrouble)));
    },
  };
}
