import { isWithheld, type RunResults } from "../execution/run-results.ts";
import { failed, succeeded, type StageOutcome } from "../execution/stage-outcome.ts";

/** A build as a stage: failed when nothing was published, partial when some nodes are held. */
export function outcomeOf(results: RunResults): StageOutcome {
  const built = results.results.filter(({ status, work }) => status === "success" && work === "built");
  const rows = built.reduce((sum, node) => sum + (node.rows ?? 0), 0);
  const broken = results.results.filter(({ status }) => status === "error");
  if (broken.length === 0) return succeeded(rows);
  const isTested = broken.every(({ tests }) => tests.some(({ status }) => status === "fail" || status === "error"));
  const message = `${broken.length} of ${results.results.length} nodes failed: ${broken.map(({ relation }) => relation).join(", ")}`;
  const error = { kind: isTested ? ("test" as const) : ("sql" as const), message, retryAt: null };
  return failed(error, rows, isWithheld(results) ? "failed" : "partial");
}
