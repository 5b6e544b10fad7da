import * as z from "zod";

import { newRunId } from "../execution/journal.ts";
import { unitTestId } from "../compile/manifest-nodes.ts";
import { projectTexts } from "../project/project-texts.ts";
import { compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { indirectSelectionOption, openProject, projectOptions, selectionOptions } from "./project-options.ts";
import { renderReplay } from "./render-results.ts";
import { runReleaseTests } from "./run-release-tests.ts";
import { runUnitTests } from "./run-unit-tests.ts";
import { readSelectedResources } from "./select.ts";
import { type TestOutcome, testResults } from "./test-outcome.ts";
import { writeArtifacts } from "./write-artifacts.ts";

export const testOptions = z.strictObject({
  ...projectOptions,
  ...selectionOptions,
  ...indirectSelectionOption,
});

/** Runs the selected unit tests in memory, and the selected data tests on the current release; 1 when one fails. */
export async function test(options: z.infer<typeof testOptions>, effects: Effects): Promise<number> {
  const start = effects.now();
  const { project, dataDir } = await openProject(options, effects);
  const manifest = await compileLoaded(project, effects);
  const selected = new Set((await readSelectedResources(manifest, options, effects)).map(({ uniqueId }) => uniqueId));
  const outcomes: TestOutcome[] = [];
  const tell = (outcome: TestOutcome): void => {
    outcomes.push(outcome);
    const { uniqueId, status, ms, failures } = outcome.test;
    effects.log?.info({ test: uniqueId, status, ms, failures }, "test finished");
    for (const line of outcome.lines) effects.print(line);
  };
  const unitTests = project.unitTests.filter((unitTest) => selected.has(unitTestId(project.name, unitTest)));
  for await (const outcome of runUnitTests(unitTests, project, effects)) tell(outcome);
  const dataTests = manifest.tests.filter(({ uniqueId }) => selected.has(uniqueId));
  const released = await runReleaseTests(dataTests, { manifest, dataDir, readText: projectTexts(project) });
  for (const outcome of released) tell(outcome);
  const failed = released.flatMap(({ node, test: { status } }) => (status === "fail" ? [node] : []));
  for (const node of new Set(failed)) effects.print(renderReplay(node));
  const run = { manifest, runId: newRunId(start, effects.pid), start, end: effects.now() };
  await writeArtifacts(project, manifest, testResults(outcomes, run));
  const count = (wanted: string): number => outcomes.filter(({ test: { status } }) => status === wanted).length;
  const counts = ["pass", "warn", "fail", "error", "skipped"].map((status) => count(status));
  const [pass = 0, warn = 0, fail = 0, error = 0, skip = 0] = counts;
  effects.print(`Done. PASS=${pass} WARN=${warn} FAIL=${fail} ERROR=${error} SKIP=${skip} TOTAL=${outcomes.length}`);
  return fail + error === 0 ? 0 : 1;
}
