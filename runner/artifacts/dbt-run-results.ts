import type { NodeResult, RunResults, TestResult } from "../execution/run-results.ts";
import { type Invocation, metadata, relationName } from "./dbt-metadata.ts";

/** What a run did as dbt's run results of version 6 have it: tests beside nodes; what is held is skipped, and its message says since when. */
export function renderDbtRunResults(results: RunResults, invocation: Invocation): object {
  return {
    metadata: metadata("run-results", 6, invocation),
    results: results.results.flatMap((node) => [nodeEntry(node), ...node.tests.map(testEntry)]),
    elapsed_time: results.ms / 1000,
    args: {},
  };
}

function nodeEntry({ uniqueId, relation, status, rows, ms, message, state }: NodeResult): object {
  const held = status === "skipped" && state !== null ? `; it keeps the rows built at ${state.builtAt}` : "";
  return {
    ...entry(uniqueId, ms),
    status,
    message: message === null ? null : `${message}${held}`,
    adapter_response: rows === null ? {} : { rows_affected: rows },
    relation_name: relationName(relation),
  };
}

function testEntry({ uniqueId, status, failures, ms, message }: TestResult): object {
  return { ...entry(uniqueId, ms), status, message, failures, adapter_response: {} };
}

function entry(uniqueId: string, ms: number): object {
  return { unique_id: uniqueId, timing: [], thread_id: "main", execution_time: ms / 1000 };
}
