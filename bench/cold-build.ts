import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Manifest } from "../runner/compile/manifest.ts";
import { renderDataTest } from "../runner/data-tests/render-data-test.ts";
import { testsOf } from "../runner/graph/plan.ts";
import { listBatches } from "../runner/ingest/batches.ts";
import { kindOf, materialize } from "../runner/materializations/materialize.ts";
import { environmentOf, findInputs, land } from "./inputs.ts";
import { measureInTurns, projectRoot, runNode, tonearm, withScratchFolder } from "./measure.ts";
import { readManifest } from "./read-manifest.ts";
import { type BenchReport, summaryOf, wallRatio } from "./report.ts";

/** A cold build against the same compiled SELECTs and data tests, run bare in one process on two connections. */
export async function coldBuild(rounds: number): Promise<BenchReport> {
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const landed = join(folder, "landed");
    await land(inputs, landed);
    await runNode([...tonearm, "compile"], environmentOf(landed));
    const statements = join(folder, "statements.json");
    await writeFile(statements, JSON.stringify(await bareStatements(landed)));
    const summaries = await measureInTurns(
      [
        {
          name: "tonearm build",
          args: [...tonearm, "build", "--project-dir", projectRoot],
          prepare: async (round) => {
            const dataDirectory = join(folder, `data-${round}`);
            await land(inputs, dataDirectory);
            return environmentOf(dataDirectory);
          },
        },
        {
          name: "bare statements",
          args: ["bench/bare-build.mjs"],
          prepare: async (round) => ({
            BENCH_STATEMENTS: statements,
            BENCH_OUTPUT: join(folder, `bare-${round}.duckdb`),
          }),
        },
      ],
      rounds,
    );
    const ratio = wallRatio(summaryOf(summaries, "tonearm build"), summaryOf(summaries, "bare statements"));
    return { summaries, figures: [{ name: "cold build", value: ratio, unit: "× bare", target: 1.5, good: "at most" }] };
  });
}

/** Every relation's statements and tests in the order they are built, with what each waits for. */
async function bareStatements(dataDirectory: string): Promise<readonly unknown[]> {
  const manifest: Manifest = await readManifest();
  const batches = await listBatches(dataDirectory);
  return manifest.order.flatMap((uniqueId) => {
    const node = manifest.nodes[uniqueId];
    if (node === undefined || kindOf(node) === "ephemeral") return [];
    const statements = materialize(node, {
      existing: null,
      incremental: false,
      seedPath: join(projectRoot, node.path),
      batchPaths: (batches[node.name] ?? []).map((id) => join(dataDirectory, "bronze", node.name, `${id}.parquet`)),
    });
    const tests = testsOf(manifest, uniqueId);
    return [
      {
        name: uniqueId,
        schema: node.schema,
        needs: [...new Set([...node.reads, ...tests.flatMap((test) => test.reads)])].filter((id) => id !== uniqueId),
        statements: statements.map(({ sql }) => sql),
        tests: tests.map((test) => `select count(*) from (${renderDataTest(test)})`),
      },
    ];
  });
}
