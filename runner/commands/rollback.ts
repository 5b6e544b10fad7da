import * as z from "zod";

import { withCancellation } from "../cancellation.ts";
import { ProjectError } from "../diagnostics.ts";
import { newRunId, openJournal } from "../execution/journal.ts";
import { loadProjectSettings } from "../project/load-project.ts";
import { describeHolder, withLock } from "../warehouse/locks.ts";
import { rollbackRelease, type Rollback } from "../warehouse/rollback-release.ts";
import type { Effects } from "./effects.ts";
import { postgresUrl } from "./postgres-url.ts";
import { engineVersion, openProject, projectOptions } from "./project-options.ts";

export const rollbackOptions = z.strictObject({
  ...projectOptions,
  paths: z.array(z.string()).default([]).describe("the release to go back to; without, the one before the current one"),
  wait: z.coerce.number().min(0).default(0).describe("seconds to wait for another run to end"),
});

/** Makes an older release the warehouse again, and pins it: scheduled builds leave it alone. */
export async function rollback(options: z.infer<typeof rollbackOptions>, effects: Effects): Promise<number> {
  const { dataDir } = await openProject(options, effects, loadProjectSettings);
  const number = parseRelease(options.paths);
  const at = effects.now();
  const lock = {
    dataDir,
    name: "build" as const,
    command: "tonearm rollback",
    runId: newRunId(at, effects.pid),
    startedAt: at,
    waitSeconds: options.wait,
    onWait: (holder: Parameters<typeof describeHolder>[0]) => effects.print(`Waiting for ${describeHolder(holder)} …`),
  };
  const done = await withCancellation(effects.signal, async (signal) =>
    withLock({ ...lock, signal }, async () => {
      const journal = await openJournal(dataDir, lock.runId, effects.now);
      try {
        const { pid, args } = effects;
        journal.write({
          event: "run_started",
          command: "rollback",
          args: [...args],
          pid,
          version: await engineVersion(),
        });
        const rolledBack = await rollbackRelease(dataDir, number, { runId: lock.runId, at });
        journal.write({ event: "published", release: rolledBack.to, relations: [] });
        const ms = effects.now().getTime() - at.getTime();
        journal.write({ event: "run_finished", status: "success", ms, exitCode: 0 });
        return rolledBack;
      } finally {
        journal.close();
      }
    }),
  );
  for (const warning of done.warnings) effects.warn(warning);
  for (const line of renderRollback(done, postgresUrl(effects) !== null)) effects.print(line);
  return 0;
}

/** The one number that stands on the command line; null without any. */
function parseRelease(paths: readonly string[]): number | null {
  const [first] = paths;
  if (first === undefined) return null;
  if (paths.length === 1 && /^[1-9]\d*$/.test(first)) return Number(first);
  const hint = "npm run rollback, or with a number that npm run releases lists: npm run rollback -- 3";
  throw new ProjectError([{ path: "rollback", message: `'${paths.join(" ")}' is no release`, hint }]);
}

function renderRollback({ from, to, state }: Rollback, hasPostgres: boolean): readonly string[] {
  const at = state.publishedAt.slice(0, 16).replace("T", " ");
  const first =
    from === to
      ? `Release ${to} of ${at} (run ${state.runId}) is the warehouse, and pinned now.`
      : `Release ${to} of ${at} (run ${state.runId}) is the warehouse again instead of ${from}, and pinned.`;
  return [
    first,
    "Scheduled builds leave it alone until npm run unpin, or until a build by hand.",
    ...(hasPostgres ? ["npm run export shows it in Postgres too."] : []),
  ];
}
