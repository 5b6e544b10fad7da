import type { ManifestTest } from "../compile/manifest.ts";
import { judgeFailures } from "../data-tests/judge-failures.ts";
import { renderFailures } from "../data-tests/render-data-test.ts";
import { renderFreshScreenings } from "../data-tests/render-fresh-screening.ts";
import { renderScreenings, type Screening } from "../data-tests/render-screening.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { formatDiagnostic } from "../diagnostics.ts";
import { explainFailures, testHead } from "./explain-failure.ts";
import type { FreshRows } from "./fresh-rows.ts";
import { type FailedRun, locateTest } from "./locate-failure.ts";
import type { TestResult } from "./run-results.ts";

/** `prepare`, where an error ends a transaction: brings back what it took along. */
interface TestEffects extends FailedRun {
  /** Told of each test that fails or warns at once: a later one may end the transaction, and the rows with it. */
  readonly onFailure: (test: ManifestTest, status: "fail" | "warn") => Promise<void>;
  /** Of a partitioned model: the rows that were made anew, where the others are known to pass tests. */
  readonly fresh?: FreshRows | null;
}

/**
 * Runs data tests inside the node's transaction; results in the order of the tests. Most pass, so one scan of a relation screens all it can
 * tell of, and only what is suspect, or cannot be told by a scan, is asked by a query of its own.
 */
export async function runDataTests(
  connection: Connection,
  tests: readonly ManifestTest[],
  effects: TestEffects,
): Promise<readonly TestResult[]> {
  const { fresh = null } = effects;
  const told = new Map<string, TestResult>();
  const partly = fresh === null ? [] : renderFreshScreenings(tests.filter(fresh.isClean), fresh);
  const isPartly = new Set(partly.flatMap((screening) => screening.tests));
  const others = tests.filter((test) => !isPartly.has(test));
  for (const screening of [...partly, ...renderScreenings(others)]) {
    for (const result of await screen(connection, screening, effects)) told.set(result.uniqueId, result);
  }
  const results: TestResult[] = [];
  for (const test of tests) {
    const result = told.get(test.uniqueId) ?? (await runDataTest(connection, test, effects));
    if (result.status === "fail" || result.status === "warn") await effects.onFailure(test, result.status);
    results.push(result);
  }
  return results;
}

/** What a scan tells; of what it cannot, nothing. */
async function screen(
  connection: Connection,
  { tests, sql }: Screening,
  effects: TestEffects,
): Promise<readonly TestResult[]> {
  const start = performance.now();
  const share = (): number => Math.round((performance.now() - start) / tests.length);
  try {
    const [row] = await connection.query(sql);
    const suspects = Array.isArray(row?.["suspects"]) ? row["suspects"] : [];
    return tests.flatMap((test, index) => (suspects[index] === false ? [passed(test, share())] : []));
  } catch {
    // As a rule one test names what is not there, and its own query says where.
    await goOn(connection, effects);
    return [];
  }
}

/** After an error, which may have ended the transaction, what the tests read is made again. */
async function goOn(connection: Connection, { prepare }: TestEffects): Promise<void> {
  if (prepare === undefined) return;
  await connection.run("rollback").catch(() => undefined);
  await prepare();
}

async function runDataTest(connection: Connection, test: ManifestTest, effects: TestEffects): Promise<TestResult> {
  const start = performance.now();
  const ms = (): number => Math.round(performance.now() - start);
  try {
    const [row] = await connection.query(`${testHead}${renderFailures(test).sql}\n) as bad_rows`);
    const failures = Number(row?.["failures"] ?? 0);
    const status = judgeFailures(test.settings, failures);
    const message = status === "pass" ? null : explainFailures(test, { status, failures }, effects.readText);
    return { ...named(test), status, failures, ms: ms(), message };
  } catch (error) {
    const message = formatDiagnostic(await locateTest(connection, { test, error }, effects));
    await goOn(connection, effects);
    return broken(test, ms(), message);
  }
}

function passed(test: ManifestTest, ms: number): TestResult {
  return { ...named(test), status: "pass", failures: 0, ms, message: null };
}

function broken(test: ManifestTest, ms: number, message: string): TestResult {
  return { ...named(test), status: "error", failures: null, ms, message };
}

function named({ uniqueId, name, settings }: ManifestTest): Pick<TestResult, "uniqueId" | "name" | "severity"> {
  return { uniqueId, name, severity: settings.severity };
}
