import type { Manifest, ManifestTest } from "../compile/manifest.ts";
import { failuresFolder, forgetFailingRows, keepFailingRows } from "../execution/failing-rows.ts";
import { keepFailureBundle } from "../execution/failure-bundle.ts";
import type { FailedRun } from "../execution/locate-failure.ts";
import { runDataTests } from "../execution/run-data-tests.ts";
import type { TestResult } from "../execution/run-results.ts";
import type { Connection } from "../warehouse/duckdb.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { withRelease } from "./read-release.ts";
import type { TestOutcome } from "./test-outcome.ts";

/** Where the data tests run, and what their messages quote. */
interface ReleaseTests {
  readonly manifest: Manifest;
  readonly dataDir: string;
  readonly readText: (path: string) => string;
}

/** Runs data tests on the rows of the current release, one after the other; those of what was never built are skipped. */
export async function runReleaseTests(
  tests: readonly ManifestTest[],
  { manifest, dataDir, readText }: ReleaseTests,
): Promise<readonly TestOutcome[]> {
  if (tests.length === 0) return [];
  const release = await readCurrentRelease(dataDir);
  const missing = ({ reads }: ManifestTest): string | undefined =>
    reads.find((uniqueId) => release?.state.nodes[uniqueId] === undefined);
  const ready = tests.filter((test) => missing(test) === undefined);
  const results = new Map<string, TestResult>();
  if (release !== null && ready.length > 0) {
    const isBuilt = (uniqueId: string): boolean => release.state.nodes[uniqueId] !== undefined;
    const ran = await withRelease(release.path, (connection) =>
      runAndKeep(connection, ready, { manifest, readText, isBuilt }),
    );
    for (const result of ran) results.set(result.uniqueId, result);
  }
  return tests.map((test) => {
    const absent = manifest.nodes[missing(test) ?? ""]?.relation ?? test.gate;
    return outcome(test, results.get(test.uniqueId) ?? skipped(test, `${absent} has not been built yet`));
  });
}

/** What fails leaves its rows, and what it takes to see it fail again, as in a build. */
async function runAndKeep(
  connection: Connection,
  tests: readonly ManifestTest[],
  { manifest, readText, isBuilt }: FailedRun & { readonly isBuilt: (uniqueId: string) => boolean },
): Promise<readonly TestResult[]> {
  await connection.run("set errors_as_json = true");
  const gates = [...new Set(tests.map(({ gate }) => gate))].flatMap((uniqueId) => manifest.nodes[uniqueId] ?? []);
  const folders = new Map(gates.map((node) => [node.uniqueId, failuresFolder(manifest.root, node)]));
  for (const folder of folders.values()) await forgetFailingRows(folder);
  const failed: ManifestTest[] = [];
  const onFailure = async (test: ManifestTest, status: "fail" | "warn"): Promise<void> => {
    const folder = folders.get(test.gate);
    if (folder === undefined || !(test.settings.storeFailures ?? status === "fail")) return;
    await keepFailingRows(connection, folder, test);
    if (status === "fail") failed.push(test);
  };
  const results = await runDataTests(connection, tests, { manifest, readText, onFailure });
  for (const node of gates) {
    const own = failed.filter(({ gate }) => gate === node.uniqueId);
    const folder = folders.get(node.uniqueId) ?? "";
    // Of SQL that was edited since the last build, an input may not be there.
    if (own.length > 0 && node.reads.every(isBuilt)) {
      await keepFailureBundle(connection, { manifest, node, tests: own, folder });
    }
  }
  return results;
}

function skipped({ uniqueId, name, settings }: ManifestTest, message: string): TestResult {
  return { uniqueId, name, status: "skipped", failures: null, severity: settings.severity, ms: 0, message };
}

function outcome({ gate, name }: ManifestTest, test: TestResult): TestOutcome {
  const words = { pass: "PASS", warn: "WARN", fail: "FAIL", error: "ERROR", skipped: "SKIP" };
  const details = (test.message ?? "").split("\n").map((line) => `    ${line}`.trimEnd());
  return { node: gate, test, lines: [`${words[test.status]} ${name}`, ...(test.message === null ? [] : details)] };
}
