import { killAtMoments, publishLives } from "../tests/support/killed-exports.ts";
import { startTestPostgres } from "../tests/support/postgres.ts";
import { withScratchFolder } from "./measure.ts";
import type { BenchReport } from "./report.ts";

/** Exports whose backend is killed at many moments, each checked, and so is the export after it; BENCH_KILLS makes them fewer or more. */
export async function exportKills(): Promise<BenchReport> {
  const wanted = Number(process.env["BENCH_KILLS"] ?? 80);
  const server = await startTestPostgres();
  try {
    return await withScratchFolder(async (folder) => {
      const { failed, done } = await killAtMoments(await server.database(), await publishLives(folder), wanted);
      return {
        summaries: [],
        notes: [`${done} more were killed when their commit was done`],
        figures: [
          {
            name: "killed exports that harmed nothing",
            value: failed,
            unit: "kills",
            target: 50,
            good: "at least",
            digits: 0,
          },
        ],
      };
    });
  } finally {
    await server.stop();
  }
}
