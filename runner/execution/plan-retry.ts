import type { BuildRequest } from "./journal-events.ts";
import type { PastRun } from "./past-runs.ts";

/** What a retry builds, and what became of the run it is a retry of. */
export interface Retry {
  readonly request: BuildRequest;
  readonly because: string;
}

const everything: BuildRequest = { select: [], exclude: [], vars: "{}", fullRefresh: false, force: false };

/**
 * What is left to do of a run: of one that was published, the nodes that failed or were skipped; of any other all that it was asked
 * for, since nothing of it stands. Null when nothing is left.
 */
export function planRetry(run: PastRun, { isPublished }: { readonly isPublished: boolean }): Retry | null {
  const request = run.started.request ?? everything;
  const unfinished = run.entries.flatMap((entry) =>
    entry.event === "node_finished" && (entry.status === "error" || entry.status === "skipped") ? [entry.node] : [],
  );
  if (isPublished) {
    if (unfinished.length === 0) return null;
    const select = unfinished.map((uniqueId) => `unique_id:${uniqueId}`);
    const because = `${unfinished.length} of its nodes failed or were skipped`;
    return { request: { ...request, select, exclude: [], selector: undefined, resourceType: undefined }, because };
  }
  if (run.finished?.status === "success") return null;
  return { request, because: run.finished === null ? "it was killed, and nothing of it was published" : describe(run) };
}

function describe({ finished }: PastRun): string {
  return `it ended with ${finished?.status ?? "nothing"}, and nothing of it was published`;
}
