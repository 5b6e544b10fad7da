import type { Manifest, ManifestTest } from "../compile/manifest.ts";
import { failuresFolder, forgetFailingRows, keepFailingRows } from "../execution/failing-rows.ts";
import { runDataTests } from "../execution/run-data-tests.ts";
import type { TestResult } from "../execution/run-results.ts";
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
    const ran = await withRelease(release.path, async (connection) => {
      await connection.run("set errors_as_json = true");
      const gates = [...new Set(ready.map(({ gate }) => gate))].flatMap((uniqueId) => manifest.nodes[uniqueId] ?? []);
      for (const node of gates) await forgetFailingRows(failuresFolder(manifest.root, node));
      return runDataTests(connection, ready, {
        manifest,
        readText,
        onFailure: async (test, status) => {
          const node = manifest.nodes[test.gate];
          const keeps = test.settings.storeFailures ?? status === "fail";
          if (keeps && node !== undefined) await keepFailingRows(connection, failuresFolder(manifest.root, node), test);
        },
      });
    });
    for (const result of ran) results.set(result.uniqueId, result);
  }
  return tests.map((test) => {
    const absent = manifest.nodes[missing(test) ?? ""]?.relation ?? test.gate;
    return outcome(test, results.get(test.uniqueId) ?? skipped(test, `${absent} has not been built yet`));
  });
}

function skipped({ uniqueId, name, settings }: ManifestTest, message: string): TestResult {
  return { uniqueId, name, status: "skipped", failures: null, severity: settings.severity, ms: 0, message };
}

function outcome({ gate, name }: ManifestTest, test: TestResult): TestOutcome {
  const words = { pass: "PASS", warn: "WARN", fail: "FAIL", error: "ERROR", skipped: "SKIP" };
  const details = (test.message ?? "").split("\n").map((line) => `    ${line}`.trimEnd());
  return { node: gate, test, lines: [`${words[test.status]} ${name}`, ...(test.message === null ? [] : details)] };
}
