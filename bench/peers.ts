import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { type ComparedWarehouse, compareWarehouses } from "./compare-warehouses.ts";
import { needPeers } from "./inputs.ts";
import { type Contender, measureInTurns, projectRoot, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, type Figure, summaryOf, wallRatio } from "./report.ts";

const ours = "tonearm land, build";
const bare = "bare statements";
const dbt = "dbt-duckdb build";
const sqlmesh = "sqlmesh plan";

/**
 * The same 26 models and 40 checks from the same files: this runner with landing, dbt-duckdb, SQLMesh and the bare statements in one
 * Node process. BENCH_PEERS names the folder that `run.sh … setup data` of the peers' baseline made.
 */
export async function peers(rounds: number): Promise<BenchReport> {
  const figures = (ratio: (other: string) => number): readonly Figure[] => [
    { name: "against dbt-duckdb", value: ratio(dbt), unit: "×", target: 0.3, good: "at most" },
    { name: "against SQLMesh", value: ratio(sqlmesh), unit: "×", target: 0.45, good: "at most" },
    { name: "against bare", value: ratio(bare), unit: "×", target: 1.5, good: "at most" },
  ];
  return measurePeers({ size: "real", plays: "data/plays/Streaming_History_Audio_*.json", rounds }, figures);
}

/** The same with a million plays, as one Parquet file. */
export async function peersMany(rounds: number): Promise<BenchReport> {
  const figures = (ratio: (other: string) => number): readonly Figure[] => [
    { name: "1 M plays against bare", value: ratio(bare), unit: "×", target: 1.2, good: "at most" },
    { name: "1 M plays against dbt-duckdb", value: ratio(dbt), unit: "×", target: 0.5, good: "at most" },
    { name: "1 M plays against SQLMesh", value: ratio(sqlmesh), unit: "×", target: 0.72, good: "at most" },
  ];
  return measurePeers({ size: "x25", plays: "data/plays_x25.parquet", rounds }, figures);
}

interface PeersInput {
  readonly size: string;
  readonly plays: string;
  readonly rounds: number;
}

async function measurePeers(
  { size, plays, rounds }: PeersInput,
  figuresOf: (ratio: (other: string) => number) => readonly Figure[],
): Promise<BenchReport> {
  const work = needPeers();
  return withScratchFolder(async (folder) => {
    const contenders = [oursIn(folder, { plays: join(work, plays), work }), ...othersIn(work, size)];
    const summaries = await measureInTurns(contenders, rounds);
    const warehouses = warehousesOf({ folder: join(work, size), dataDir: join(folder, `data-${rounds - 1}`) });
    const tables = await modelNames();
    const different = await compareWarehouses(warehouses, tables);
    const ratio = (other: string): number => wallRatio(summaryOf(summaries, ours), summaryOf(summaries, other));
    const cpu = summaries.map(({ name, cpuSeconds }) => `${name} ${cpuSeconds.toFixed(1)} s`).join(", ");
    const compared = `${tables.length} tables compared row by row in ${warehouses.length} warehouses: ${different.length} differ`;
    const notes = [`user and system time: ${cpu}`, compared, ...different];
    return { summaries, figures: figuresOf(ratio), notes };
  });
}

/** What the last round left, the bare statements' first. */
function warehousesOf(of: { readonly folder: string; readonly dataDir: string }): readonly ComparedWarehouse[] {
  return [
    { name: bare, path: join(of.folder, "raw/nd.duckdb"), schema: "main" },
    { name: ours, path: join(of.dataDir, "warehouse.duckdb"), schema: "peers" },
    { name: dbt, path: join(of.folder, "dbt/build.duckdb"), schema: "main" },
    { name: sqlmesh, path: join(of.folder, "sqlmesh/build.duckdb"), schema: "peers", catalog: "build" },
  ];
}

async function modelNames(): Promise<readonly string[]> {
  const files = await readdir(join(projectRoot, "bench/peers/models/peers"));
  return files.map((file) => file.replace(/\.sql$/, "")).toSorted();
}

function oursIn(folder: string, of: { readonly plays: string; readonly work: string }): Contender {
  const run = [process.execPath, ...tonearm].join(" ");
  const line = `${process.execPath} bench/peers/land-peers.mjs && ${run} build --project-dir bench/peers`;
  return {
    name: ours,
    args: ["bench/run-shell.mjs", line, projectRoot],
    prepare: async (round) => ({
      DATA_DIR: join(folder, `data-${round}`),
      BENCH_PLAYS: of.plays,
      BENCH_TRACKS: join(of.work, "data/kaggle_tracks.csv.gz"),
    }),
  };
}

function othersIn(work: string, size: string): readonly Contender[] {
  const contender = (name: string, project: string, line: string): Contender => {
    const folder = join(work, size, project);
    return {
      name,
      args: ["bench/run-shell.mjs", line, folder],
      prepare: async () => {
        await mkdir(folder, { recursive: true });
        for (const made of ["target", "logs", ".cache", "build.duckdb", "build.duckdb.wal", "nd.duckdb"])
          await rm(join(folder, made), { recursive: true, force: true });
        return {
          DO_NOT_TRACK: "1",
          DBT_SEND_ANONYMOUS_USAGE_STATS: "false",
          SQLMESH__DISABLE_ANONYMIZED_ANALYTICS: "true",
        };
      },
    };
  };
  return [
    contender(bare, "raw", `${process.execPath} '${join(work, "node/raw_duckdb.mjs")}' plan.json nd.duckdb 2`),
    contender(dbt, "dbt", `'${join(work, "venv-dbt/bin/dbt")}' build --profiles-dir . --threads 2`),
    contender(sqlmesh, "sqlmesh", `'${join(work, "venv-sqlmesh/bin/sqlmesh")}' plan --auto-apply --no-prompts`),
  ];
}
