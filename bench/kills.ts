import { prng } from "../runner/prng.ts";
import { type KilledBuild, withKilledBuilds } from "../tests/support/killed-builds.ts";
import type { BenchReport } from "./report.ts";

/** Builds that are killed with -9 at 200 random moments, each checked, and so is the build after it; BENCH_KILLS makes them fewer or more. */
export async function kills(): Promise<BenchReport> {
  const wanted = Number(process.env["BENCH_KILLS"] ?? 200);
  const random = prng("kills");
  const cleanups: (() => Promise<void>)[] = [];
  const context = { after: (cleanup: () => Promise<void>) => void cleanups.push(cleanup) };
  const killed: KilledBuild[] = [];
  let attempts = 0;
  try {
    const reads = await withKilledBuilds(context, async ({ killAfter }) => {
      while (killed.length < wanted) {
        // A sixth of them before the lock is taken; the rest while it is held, where there is something to harm.
        const build = await killAfter(random.uniform() < 1 / 6 ? -random.uniform() : random.uniform());
        attempts += 1;
        if (build.isStopped) killed.push(build);
        if (attempts > wanted * 3) throw new Error(`only ${killed.length} of ${attempts} kills came in time`);
        if (attempts % 20 === 0) process.stderr.write(`kills: ${killed.length} of ${wanted}\n`);
      }
    });
    const published = killed.filter(({ isPublished }) => isPublished).length;
    return {
      summaries: [],
      notes: [
        `${attempts} builds, ${killed.length} killed before their end, ${published} of them after their release was out`,
        `${reads} reads by another process meanwhile: none refused, none of a mixed release`,
      ],
      figures: [
        {
          name: "kills that harmed nothing",
          value: killed.length,
          unit: "kills",
          target: wanted,
          good: "at least",
          digits: 0,
        },
      ],
    };
  } finally {
    for (const cleanup of cleanups) await cleanup();
  }
}
