import * as z from "zod";

import { withCancellation } from "../cancellation.ts";
import type { Manifest } from "../compile/manifest.ts";
import { newRunId } from "../execution/journal.ts";
import { hasWork } from "../graph/plan.ts";

import { readWholeHistory } from "../learning/whole-history.ts";
import { describeHolder, withLock } from "../warehouse/locks.ts";
import { readPin, removePin } from "../warehouse/pin.ts";
import { readCurrentRelease } from "../warehouse/releases.ts";
import { compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { landHistory } from "./land-history.ts";
import { planRun } from "./plan-run.ts";
import { type LoadedProject, openProject, projectOptions, selectionOptions } from "./project-options.ts";
import { readSelectedNodes } from "./select.ts";
import { skipPinned } from "./skip-pinned.ts";

export const buildOptions = z.strictObject({
  ...projectOptions,
  ...selectionOptions,
  fullRefresh: z.boolean().default(false).describe("build incremental models whole"),
  force: z.boolean().default(false).describe("build what is selected although nothing changed"),
  failFast: z.boolean().optional().describe("begin no more nodes once one has failed"),
  wait: z.coerce.number().min(0).default(0).describe("seconds to wait for another run to end"),
  scheduled: z.boolean().default(false).describe("leave a release alone that a rollback pinned"),
});

export interface BuildOptions extends z.infer<typeof buildOptions> {
  /** Into an empty file, of which no block has held a row before, instead of a copy of the current release. */
  readonly fromNothing?: boolean;
}

/** Builds, tests and publishes what is selected and has changed; 1 when a node or a test failed. */
export async function build(options: BuildOptions, effects: Effects): Promise<number> {
  const loaded = await openProject(options, effects);
  return buildLoaded(loaded, options, effects);
}

/** The same for a project that is already loaded. */
export async function buildLoaded(loaded: LoadedProject, options: BuildOptions, effects: Effects): Promise<number> {
  return buildCompiled(loaded, options, { ...effects, compile: () => compileLoaded(loaded.project, effects) });
}

/** The same with what compiles it, or has done so. */
export async function buildCompiled(
  loaded: LoadedProject,
  options: BuildOptions,
  effects: Effects & { readonly compile: () => Promise<Manifest> },
): Promise<number> {
  if (options.scheduled && (await skipPinned({ dataDir: loaded.dataDir, command: "build" }, effects))) return 0;
  const code = await buildChanged(loaded, options, effects);
  // A release that does not count, because a critical node failed, ends no pin.
  if (code === 0 && !options.scheduled) await endPin(loaded.dataDir, effects);
  return code;
}

async function buildChanged(
  loaded: LoadedProject,
  options: BuildOptions,
  effects: Effects & { readonly compile: () => Promise<Manifest> },
): Promise<number> {
  const manifest = await effects.compile();
  await landHistory(loaded, effects);
  const selected = await readSelectedNodes(manifest, options, effects);
  const plan = await planRun({ manifest, selected, loaded, options });
  const current = await readCurrentRelease(loaded.dataDir);
  const isSound = current === null || current.warehouse === "linked";
  if (!hasWork(plan) && isSound && !(await hasPending(loaded.dataDir))) {
    effects.print(`Nothing to do: all ${plan.nodes.length} nodes are as their inputs and SQL ask.`);
    return 0;
  }
  const runId = newRunId(effects.now(), effects.pid);
  const lock = {
    dataDir: loaded.dataDir,
    name: "build" as const,
    command: "tonearm build",
    runId,
    startedAt: effects.now(),
    waitSeconds: options.wait,
    onWait: (holder: Parameters<typeof describeHolder>[0]) => effects.print(`Waiting for ${describeHolder(holder)} …`),
  };
  return withCancellation(effects.signal, async (signal) =>
    // The release may have changed between the plan and the lock: inside, it is made again.
    withLock({ ...lock, signal }, async () => {
      // Somebody may have rolled back while this run waited.
      if (options.scheduled && (await skipPinned({ dataDir: loaded.dataDir, command: "build" }, effects))) return 0;
      // Only a build with work to do needs what does it.
      const { runBuild } = await import("./run-build.ts");
      return runBuild({ manifest, selected, loaded, options, runId, signal }, effects);
    }),
  );
}

async function endPin(dataDir: string, { print }: Effects): Promise<void> {
  const pin = await readPin(dataDir);
  if (pin !== null) print(`Release ${pin.release} is no longer pinned.`);
  await removePin(dataDir);
}

/** A training may have been killed before its winner became champion. */
async function hasPending(dataDir: string): Promise<boolean> {
  const { pending } = await readWholeHistory(dataDir);
  return Object.keys(pending).length > 0;
}
