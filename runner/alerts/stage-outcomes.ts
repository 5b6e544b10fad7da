import type { ErrorKind, StageError } from "../execution/journal-events.ts";
import { lastAttempts, type Run } from "../execution/run-history.ts";
import { loginEndedText } from "../spotify/login-ended.ts";
import type { FailedNode, Gap, StageOutcome } from "./watch.ts";

/** Of these the message may tell of what stood in a row, so it stays on the machine. */
const wordings: Partial<Record<ErrorKind, string>> = {
  test: "data tests failed",
  sql: "a model could not be built",
  data: "a file could not be landed whole",
  bug: "an error of the runner itself",
};

/** Stages that ask Spotify for plays. */
const pollingStages = new Set(["poll", "bronze"]);

/** How the stages of an ended run ended, with what its parts tell of nodes and tests; none of a single command by hand, which someone watches. */
export function stageOutcomes(run: Run, parts: readonly Run[], now: Date): readonly StageOutcome[] {
  if (run.parent !== null || run.status === "running" || isWatched(run)) return [];
  return lastAttempts(run).flatMap(({ stage, attempt, status, startedAt, finishedAt, error }): StageOutcome[] => {
    if (status !== "success" && status !== "partial" && status !== "failed") return [];
    if (error !== null && isToldOtherwise(error)) return [];
    const ofStage = parts.filter(({ parent }) => parent?.runId === run.runId && parent.stage === stage);
    const last = ofStage.filter(({ parent }) => parent?.attempt === attempt);
    return [
      {
        runId: run.runId,
        stage,
        trigger: run.trigger,
        status,
        startedAt: new Date(startedAt ?? run.startedAt),
        // One that was killed ended nobody knows when.
        finishedAt: finishedAt === null ? now : new Date(finishedAt),
        error: error === null ? null : wordError(error),
        failures: last.flatMap(failedNodes),
        gaps: (pollingStages.has(stage) ? [run, ...ofStage] : []).flatMap(gapsOf),
      },
    ];
  });
}

/** Whoever stops a run knows of it, and that a login has ended is an incident of its own. */
function isToldOtherwise({ kind, message }: StageError): boolean {
  return kind === "stopped" || (kind === "login" && message.includes(loginEndedText));
}

function gapsOf({ gaps }: Run): readonly Gap[] {
  return gaps.map(({ from, to }) => ({ from: new Date(from), to: new Date(to) }));
}

/** What runs without anyone looking on: pipeline may be cron's. */
const unattended = new Set(["schedule", "pipeline", "reload"]);

function isWatched({ command }: Run): boolean {
  return !unattended.has(command);
}

function wordError({ kind, message }: StageError): string {
  return wordings[kind] ?? message.split("\n")[0] ?? message;
}

/** Nodes by name, each with its failed tests; of a node that could not be built, where. */
function failedNodes(run: Run): readonly FailedNode[] {
  const tests = run.failedTests.filter(({ severity }) => severity === "error");
  const nodes = new Set([...run.failedNodes.map(({ node }) => node), ...tests.map(({ node }) => node)]);
  // They end in any order.
  return [...nodes].toSorted().map((node) => ({
    name: nameOf(node),
    place: placeIn(run.failedNodes.find((failed) => failed.node === node)?.message ?? ""),
    tests: tests
      .filter((failed) => failed.node === node)
      .map(({ test, failures }) => ({ name: nameOf(test), rows: failures })),
  }));
}

/** The name in a unique id: what follows its kind and its project. */
function nameOf(uniqueId: string): string {
  return uniqueId.split(".").slice(2).join(".");
}

/** `path:line:column` at the beginning of a message; what follows it may tell of a row. */
function placeIn(message: string): string | null {
  return /^[^\s:]+:\d+(?::\d+)?(?=\s|$)/.exec(message)?.[0] ?? null;
}
