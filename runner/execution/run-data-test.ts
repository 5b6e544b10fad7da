import type { ManifestTest } from "../compile/manifest.ts";
import { renderDataTest } from "../data-tests/render-data-test.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { explainFailures, explainTest, type ReadText, testHead } from "./explain-failure.ts";
import type { TestResult } from "./run-results.ts";

/** Runs one data test inside the node's transaction. */
export async function runDataTest(connection: Connection, test: ManifestTest, readText: ReadText): Promise<TestResult> {
  const start = performance.now();
  const base = { uniqueId: test.uniqueId, name: test.name, severity: test.severity };
  const ms = (): number => Math.round(performance.now() - start);
  try {
    const [row] = await connection.query(`${testHead}${renderDataTest(test)}\n) as bad_rows`);
    const failures = Number(row?.["failures"] ?? 0);
    if (failures === 0) return { ...base, status: "pass", failures, ms: ms(), message: null };
    const status = test.severity === "warn" ? "warn" : "fail";
    return { ...base, status, failures, ms: ms(), message: explainFailures(test, failures, readText) };
  } catch (error) {
    return { ...base, status: "error", failures: null, ms: ms(), message: explainTest(test, error, readText) };
  }
}
