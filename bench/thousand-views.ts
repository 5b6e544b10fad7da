import { cp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { environmentOf, findPeers } from "./inputs.ts";
import { type Contender, measureInTurns, type Summary, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, type Figure, summaryOf, wallRatio } from "./report.ts";
import { makeViews, selectOf, type View, writeViews } from "./small-models.ts";

const names = {
  ours: "tonearm build",
  bare: "the same views bare",
  dbt: "dbt run",
  sqlmesh: "sqlmesh plan",
} as const;

/**
 * A cold build of 1,000 one-line views, in ten layers of a hundred of which each reads up to three of the layer before, against the same
 * statements on one connection; with BENCH_PEERS, which names what `run.sh … setup synth` of the peers made, against those too.
 */
export async function thousandViews(rounds: number): Promise<BenchReport> {
  return withScratchFolder(async (folder) => {
    const views = makeViews(1000);
    await writeViews(join(folder, "project"), views);
    const statements = join(folder, "statements.json");
    await writeFile(statements, JSON.stringify(bareStatements(views)));
    const peers = await peerContenders(folder);
    const contenders: Contender[] = [
      {
        name: names.ours,
        args: [...tonearm, "build", "--project-dir", join(folder, "project")],
        prepare: async (round) => environmentOf(join(folder, `data-${round}`)),
      },
      {
        name: names.bare,
        args: ["bench/bare-build.mjs"],
        prepare: async (round) => ({
          BENCH_STATEMENTS: statements,
          BENCH_OUTPUT: join(folder, `bare-${round}.duckdb`),
          BENCH_CONNECTIONS: "1",
        }),
      },
      ...peers,
    ];
    const summaries = await measureInTurns(contenders, rounds);
    return { summaries, figures: figures(summaries) };
  });
}

function figures(summaries: readonly Summary[]): readonly Figure[] {
  const ours = summaryOf(summaries, names.ours);
  const against = (name: string, target: number): readonly Figure[] =>
    summaries.some((summary) => summary.name === name)
      ? [
          {
            name: `1,000 views against ${name}`,
            value: wallRatio(ours, summaryOf(summaries, name)),
            unit: "×",
            target,
            good: "at most",
          },
        ]
      : [];
  return [...against(names.bare, 2), ...against(names.dbt, 0.2), ...against(names.sqlmesh, 0.2)];
}

function bareStatements(views: readonly View[]): readonly unknown[] {
  return views.map((view) => ({
    name: view.name,
    schema: "silver",
    needs: view.parents,
    statements: [`create or replace view silver.${view.name} as\n${selectOf(view, (name) => `silver.${name}`)}`],
    tests: [],
  }));
}

/** Each on a fresh copy of its own project, which is another one of the same shape. */
async function peerContenders(folder: string): Promise<readonly Contender[]> {
  const peers = findPeers();
  if (peers === null) return [];
  const contender = (name: string, kind: "dbt" | "sqlmesh", args: readonly string[]): Contender => ({
    name,
    args: ["bench/run-program.mjs", join(peers, `venv-${kind}/bin/${kind}`), ...args],
    prepare: async () => {
      const copy = join(folder, kind);
      await rm(copy, { recursive: true, force: true });
      await cp(join(peers, "synth", kind), copy, { recursive: true });
      for (const left of ["build.duckdb", "target", "logs", ".cache"])
        await rm(join(copy, left), { recursive: true, force: true });
      return { BENCH_FOLDER: copy, DBT_SEND_ANONYMOUS_USAGE_STATS: "false", MAX_FORK_WORKERS: "2" };
    },
  });
  return [
    contender(names.dbt, "dbt", ["run", "--profiles-dir", "."]),
    contender(names.sqlmesh, "sqlmesh", ["plan", "--auto-apply", "--no-prompts"]),
  ];
}
