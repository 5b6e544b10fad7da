import { availableParallelism } from "node:os";

import { formatDiagnostic } from "../diagnostics.ts";
import { newRunId } from "../execution/journal.ts";
import { LearningThread } from "../learning/learning-thread.ts";
import { openRegistry } from "../learning/registry.ts";
import type { TrainingResult } from "../learning/training.ts";
import { withLock } from "../warehouse/locks.ts";
import type { CurrentRelease } from "../warehouse/releases.ts";
import { codeVersion } from "./code-version.ts";
import type { Effects } from "./effects.ts";
import { refuseTraining } from "./refuse-training.ts";
import type { DueTraining, TrainRun } from "./train.ts";

interface Trainings extends TrainRun {
  readonly release: CurrentRelease;
}

/** Fixes which groups are held out, so that no champion has seen a challenger's test rows. */
const seed = "tonearm";

/** Trains models in as many threads as a build may use and enters them into the registry; false when one was refused. */
export async function trainDue(due: readonly DueTraining[], of: Trainings, effects: Effects): Promise<boolean> {
  // The longest first, so that no thread is left alone with it.
  const queue = due.toSorted((left, right) => workOf(right) - workOf(left));
  const threads = Math.min(of.loaded.project.warehouse.threads ?? availableParallelism(), queue.length);
  let entering: Promise<unknown> = Promise.resolve();
  let isWhole = true;
  const work = async (): Promise<void> => {
    await using thread = new LearningThread();
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const one = next;
      const result = await trainOne(one, { ...of, thread }, effects);
      const entered = entering.then(() => enter(one, { result, of }, effects));
      entering = entered.catch(() => undefined);
      if (!(await entered)) isWhole = false;
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return isWhole;
}

/** About how long a training takes, in no unit. */
function workOf({ rows, config }: DueTraining): number {
  return rows * { regression: 1, binary: 1.5, multiclass: 4, clustering: 10, forecast: 10 }[config.task];
}

async function trainOne(
  { node, config, contentHash, last }: DueTraining,
  { loaded, release, options, thread }: Trainings & { readonly thread: LearningThread },
  effects: Effects,
): Promise<TrainingResult> {
  const champion = await openRegistry(loaded.dataDir).champion(node.name);
  if ("diagnostic" in champion) effects.warn(formatDiagnostic(champion.diagnostic));
  const now = effects.now();
  return thread.train({
    model: node.name,
    config,
    rows: { path: release.path, relation: node.relation, orderBy: config.key },
    champion: "version" in champion ? champion.version : null,
    lastDecision: last,
    seed,
    now: now.toISOString(),
    origin: { runId: newRunId(now, effects.pid), dataHash: contentHash, codeVersion: codeVersion() },
    isForced: options.force,
  });
}

async function enter(
  { node, last }: DueTraining,
  { result, of }: { readonly result: TrainingResult; readonly of: Trainings },
  effects: Effects,
): Promise<boolean> {
  if (result.status === "refused") {
    if (result.isTooEarly && last === null && of.options.isPatient === true) {
      effects.print(`${node.name}: not trained: ${result.problems[0] ?? ""} (${node.path})`);
      return true;
    }
    refuseTraining(node, result.problems, effects);
    return false;
  }
  if (result.status === "skipped") {
    effects.print(`${node.name}: not trained: ${result.reason}`);
    return true;
  }
  for (const warning of result.warnings) effects.warn(`${node.name}: ${warning}`);
  const { dataDir } = of.loaded;
  const startedAt = effects.now();
  const runId = newRunId(startedAt, effects.pid);
  const lock = { dataDir, name: "build", command: "tonearm train", runId, startedAt } as const;
  const entered = await withLock({ ...lock, waitSeconds: of.options.wait }, () => openRegistry(dataDir).enter(result));
  effects.print(`${node.name}: version ${entered.challenger}: ${result.decision.reason}`);
  return true;
}
