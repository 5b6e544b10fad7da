import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";

import { needPeers } from "./inputs.ts";
import { type Contender, measureInTurns, projectRoot, runNode, tonearm, withScratchFolder } from "./measure.ts";
import { type BenchReport, type Figure, summaryOf, wallRatio } from "./report.ts";

const choices = { newest: "10,000 newest plays", scattered: "10,000 plays of every seventh month" } as const;

type Choice = keyof typeof choices;

/**
 * 10,000 new plays on a million: the 26 models of the peers, of which three are built by partitions (bench/peers/partitioned), built whole
 * and again once the new plays have landed; `verify` then rebuilds all. BENCH_PEERS names the folder that the peers were set up in.
 */
export async function newPlays(rounds: number): Promise<BenchReport> {
  const work = needPeers();
  return withScratchFolder(async (folder) => {
    const project = await writeProject(folder);
    const reports: BenchReport[] = [];
    for (const choice of ["newest", "scattered"] as const) {
      const places = { base: join(folder, choice, "base"), later: join(folder, choice, "later") };
      const months = await runNode(["bench/peers/land-new-plays.mjs"], {
        BENCH_PLAYS: join(work, "data/plays_x25.parquet"),
        BENCH_TRACKS: join(work, "data/kaggle_tracks.csv.gz"),
        BENCH_CHOICE: choice,
        BENCH_BASE: places.base,
        BENCH_NEW: places.later,
      });
      const report = await measureChoice({ folder, project, choice, rounds }, places);
      reports.push({ ...report, notes: [`${choices[choice]}: ${months} months`, ...(report.notes ?? [])] });
    }
    return {
      summaries: reports.flatMap(({ summaries }) => summaries),
      notes: reports.flatMap(({ notes }) => notes ?? []),
      figures: reports.flatMap(({ figures }) => figures),
    };
  });
}

async function writeProject(folder: string): Promise<string> {
  const project = join(folder, "project");
  const from = join(projectRoot, "bench/peers");
  await cp(from, project, { recursive: true });
  await cp(join(from, "partitioned"), join(project, "models/peers"), { recursive: true });
  return project;
}

interface Measured {
  readonly folder: string;
  readonly project: string;
  readonly choice: Choice;
  readonly rounds: number;
}

async function measureChoice(
  { folder, project, choice, rounds }: Measured,
  { base, later }: { readonly base: string; readonly later: string },
): Promise<BenchReport> {
  const dataDir = (round: number): string => join(folder, choice, `data-${round}`);
  const build = (name: string, prepare: (round: number) => Promise<void>): Contender => ({
    name,
    args: [...tonearm, "build", "--project-dir", project],
    prepare: async (round) => {
      await prepare(round);
      return { DATA_DIR: dataDir(round) };
    },
  });
  const whole = `whole, but for the ${choice}`;
  const summaries = await measureInTurns(
    [
      build(whole, async (round) => {
        await mkdir(dataDir(round));
        await cp(join(base, "bronze"), join(dataDir(round), "bronze"), { recursive: true });
      }),
      build(choices[choice], async (round) => {
        await cp(join(later, "bronze"), join(dataDir(round), "bronze"), { recursive: true });
      }),
    ],
    rounds,
  );
  const [full, again] = [summaryOf(summaries, whole), summaryOf(summaries, choices[choice])];
  const verified = await runNode([...tonearm, "verify", "--project-dir", project], { DATA_DIR: dataDir(rounds - 1) });
  const figure = { unit: "×", target: 0.3, good: "at most" } as const;
  const figures: readonly Figure[] = [
    { name: `${choices[choice]} against the whole build`, value: wallRatio(again, full), ...figure },
    { name: "in processor time", value: again.cpuSeconds / full.cpuSeconds, ...figure },
  ];
  return { summaries, figures, notes: [verified.trim().split("\n").at(-1) ?? ""] };
}
