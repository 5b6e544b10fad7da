import type { Manifest } from "../compile/manifest.ts";
import { countResults, type NodeResult, type RunResults, type TestResult } from "../execution/run-results.ts";
import { kindOf } from "../materializations/materialize.ts";

/** One test that has run, the node it stands with, and what a person sees of it. */
export interface TestOutcome {
  readonly node: string;
  readonly test: TestResult;
  readonly lines: readonly string[];
}

/** Tests as the results of a run that built nothing, node by node. */
export function testResults(
  outcomes: readonly TestOutcome[],
  {
    manifest,
    runId,
    start,
    end,
  }: { readonly manifest: Manifest; readonly runId: string; readonly start: Date; readonly end: Date },
): RunResults {
  const nodes = [...new Set(outcomes.map(({ node }) => node))].flatMap((uniqueId) => manifest.nodes[uniqueId] ?? []);
  const results = nodes.map((node): NodeResult => {
    const tests = outcomes.flatMap((outcome) => (outcome.node === node.uniqueId ? [outcome.test] : []));
    return {
      uniqueId: node.uniqueId,
      relation: node.relation,
      kind: kindOf(node),
      critical: node.critical,
      // It is no failure of the node's: nothing was built.
      status: "no-op",
      work: "tested",
      reason: "its tests were asked for",
      rows: null,
      ms: tests.reduce((sum, { ms }) => sum + ms, 0),
      message: null,
      partitions: null,
      tests,
      state: null,
    };
  });
  const times = { startedAt: start.toISOString(), finishedAt: end.toISOString(), ms: end.getTime() - start.getTime() };
  return { runId, ...times, results, dropped: [], counts: countResults(results) };
}
