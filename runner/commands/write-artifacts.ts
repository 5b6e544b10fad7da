import { setImmediate } from "node:timers/promises";

import { renderDbtCatalog } from "../artifacts/dbt-catalog.ts";
import { renderDbtManifest } from "../artifacts/dbt-manifest.ts";
import { renderDbtRunResults } from "../artifacts/dbt-run-results.ts";
import type { Manifest } from "../compile/manifest.ts";
import type { RunResults } from "../execution/run-results.ts";
import type { Project } from "../project/project.ts";
import { writeTarget } from "./project-options.ts";

/** Writes what a run did into `target/`, and into `target/dbt/` the artefacts that dbt's tools read. */
export async function writeArtifacts(project: Project, manifest: Manifest, results: RunResults): Promise<void> {
  const invocation = { runId: results.runId, generatedAt: results.finishedAt };
  // A turn for others between making a document and writing it out: either takes a while.
  const write = async (name: string, render: () => object): Promise<void> => {
    const document = render();
    await setImmediate();
    await writeTarget(project.root, name, JSON.stringify(document));
  };
  await write("run_results.json", () => results);
  await write("dbt/manifest.json", () => renderDbtManifest(project, manifest, invocation));
  await write("dbt/run_results.json", () => renderDbtRunResults(results, invocation));
  await write("dbt/catalog.json", () => renderDbtCatalog(manifest, invocation));
}
