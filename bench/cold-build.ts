import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Manifest, ManifestNode } from "../runner/compile/manifest.ts";
import { renderDataTest } from "../runner/data-tests/render-data-test.ts";
import { testsOf } from "../runner/graph/plan.ts";
import { listBatches } from "../runner/ingest/batches.ts";
import { modelTasks } from "../runner/learning/model-config.ts";
import { unscoredStatement } from "../runner/learning/score-columns.ts";
import { kindOf, materialize } from "../runner/materializations/materialize.ts";
import { environmentOf, findInputs, type Inputs, land } from "./inputs.ts";
import { measureInTurns, projectRoot, runNode, type Summary, tonearm, withScratchFolder } from "./measure.ts";
import { readManifest } from "./read-manifest.ts";
import { repeatExport } from "./repeat-export.ts";
import { type BenchReport, summaryOf, wallRatio } from "./report.ts";

const ours = "tonearm build";

/** A cold build of the real export against the same compiled SELECTs and data tests, run bare in one process on two connections. */
export async function coldBuild(rounds: number): Promise<BenchReport> {
  const { summaries, ratio } = await measureBuild(await findInputs(), rounds);
  return { summaries, figures: [{ name: "cold build", value: ratio, unit: "× bare", target: 1.5, good: "at most" }] };
}

/** The same with a million plays: the real life 25 times over, each copy some days later than the one before. */
export async function manyPlays(rounds: number): Promise<BenchReport> {
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const exportPath = join(folder, "repeated");
    await repeatExport(inputs.exportPath, exportPath, 25);
    const { summaries, ratio } = await measureBuild({ ...inputs, exportPath }, rounds);
    const { peakMegabytes } = summaryOf(summaries, ours);
    return {
      summaries,
      figures: [
        { name: "cold build, 1 M plays", value: ratio, unit: "× bare", target: 1.3, good: "at most" },
        { name: "its peak", value: peakMegabytes, unit: "MB", target: 1500, good: "at most" },
      ],
    };
  });
}

async function measureBuild(
  inputs: Inputs,
  rounds: number,
): Promise<{ readonly summaries: readonly Summary[]; readonly ratio: number }> {
  return withScratchFolder(async (folder) => {
    const landed = join(folder, "landed");
    await land(inputs, landed);
    await runNode([...tonearm, "compile"], environmentOf(landed));
    const statements = join(folder, "statements.json");
    await writeFile(statements, JSON.stringify(await bareStatements(landed)));
    const summaries = await measureInTurns(
      [
        {
          name: ours,
          args: [...tonearm, "build", "--project-dir", projectRoot],
          prepare: async (round) => {
            const dataDirectory = join(folder, `data-${round}`);
            await cp(landed, dataDirectory, { recursive: true });
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
    return { summaries, ratio: wallRatio(summaryOf(summaries, ours), summaryOf(summaries, "bare statements")) };
  });
}

/** A cold build has no champions: predictions get their columns, all null. */
function scoring(manifest: Manifest, node: ManifestNode): readonly string[] {
  if (node.resourceType !== "model" || node.scoredBy === null) return [];
  const trained = manifest.nodes[`model.${manifest.project}.${node.scoredBy}`];
  const task = trained?.resourceType === "model" ? trained.training?.["task"] : undefined;
  return [unscoredStatement(node.relation, modelTasks.find((one) => one === task) ?? "regression")];
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
      changedPartitions: null,
      seedPath: join(projectRoot, node.path),
      batchPaths: (batches[node.name] ?? []).map((id) => join(dataDirectory, "bronze", node.name, `${id}.parquet`)),
    });
    const tests = testsOf(manifest, uniqueId);
    return [
      {
        name: uniqueId,
        schema: node.schema,
        needs: [...new Set([...node.reads, ...tests.flatMap((test) => test.reads)])].filter((id) => id !== uniqueId),
        statements: [...statements.map(({ sql }) => sql), ...scoring(manifest, node)],
        tests: tests.map((test) => `select count(*) from (${renderDataTest(test)})`),
      },
    ];
  });
}
