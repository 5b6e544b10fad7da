import { prng } from "../runner/prng.ts";
import { type KilledBuild, type KilledBuilds, withKilledBuilds } from "../tests/support/killed-builds.ts";
import type { BenchReport } from "./report.ts";

/** Kills in one data folder before the next is begun: every kill lands two files more, which each build after it reads. */
const killsPerFolder = 25;

/**
 * Builds that are killed with -9 at 200 random moments, each checked, and so is the build after it, whose tables have to equal a full rebuild;
 * BENCH_KILLS makes them fewer or more.
 */
export async function kills(): Promise<BenchReport> {
  const wanted = Number(process.env["BENCH_KILLS"] ?? 200);
  const random = prng("kills");
  const cleanups: (() => Promise<void>)[] = [];
  const context = { after: (cleanup: () => Promise<void>) => void cleanups.push(cleanup) };
  const killed: KilledBuild[] = [];
  let [attempts, reads] = [0, 0];
  const killSome = async ({ killAfter, verify }: KilledBuilds): Promise<void> => {
    const enough = Math.min(wanted, killed.length + killsPerFolder);
    while (killed.length < enough) {
      // A sixth of them before the lock is taken; the rest while it is held, where there is something to harm.
      const build = await killAfter(random.uniform() < 1 / 6 ? -random.uniform() : random.uniform());
      await verify();
      attempts += 1;
      if (build.isStopped) killed.push(build);
      if (attempts > wanted * 3) throw new Error(`only ${killed.length} of ${attempts} kills came in time`);
      if (attempts % 20 === 0) process.stderr.write(`kills: ${killed.length} of ${wanted}\n`);
    }
  };
  const began = performance.now();
  try {
    while (killed.length < wanted) reads += await withKilledBuilds(context, killSome);
    const seconds = (performance.now() - began) / 1000;
    return reportOf(killed, { wanted, attempts, reads, seconds });
  } finally {
    for (const cleanup of cleanups) await cleanup();
  }
}

interface Course {
  readonly wanted: number;
  readonly attempts: number;
  readonly reads: number;
  readonly seconds: number;
}

function reportOf(killed: readonly KilledBuild[], { wanted, attempts, reads, seconds }: Course): BenchReport {
  const published = killed.filter(({ isPublished }) => isPublished).length;
  const figure = { value: killed.length, unit: "kills", target: wanted, good: "at least", digits: 0 } as const;
  return {
    summaries: [],
    notes: [
      `${attempts} builds in ${seconds.toFixed(0)} s, each with a whole one after it that equals a full rebuild; ${killed.length} killed before their end, ${published} of them after their release was out`,
      `${reads} reads by another process meanwhile: none refused, none of a mixed release`,
    ],
    figures: [{ name: "kills that harmed nothing", ...figure }],
  };
}
