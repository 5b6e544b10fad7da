import * as z from "zod";

import type { Manifest } from "../compile/manifest.ts";
import { ProjectError } from "../diagnostics.ts";
import { type PastRun, readPastBuild } from "../execution/past-runs.ts";
import type { Plan, PlannedNode } from "../graph/plan.ts";

import { buildOptions } from "./build.ts";
import { compileLoaded } from "./compile.ts";
import type { Effects } from "./effects.ts";
import { planRun } from "./plan-run.ts";
import { openProject, projectOptions, selectionOptions } from "./project-options.ts";
import { readSelectedNodes } from "./select.ts";
import { alignTable } from "./text-table.ts";

const { force, fullRefresh } = buildOptions.shape;

export const explainOptions = z.strictObject({
  ...projectOptions,
  ...selectionOptions,
  force,
  fullRefresh,
  run: z.string().optional().describe("what a run did, by its id or 'last', instead of what a build would do"),
});

type Line = readonly [relation: string, action: string, reason: string];

/** Says of each selected node in one line what a build would do with it, or what a run did, and why. */
export async function explain(options: z.infer<typeof explainOptions>, effects: Effects): Promise<number> {
  const loaded = await openProject(options, effects);
  const manifest = await compileLoaded(loaded.project, effects);
  const selected = await readSelectedNodes(manifest, options, effects);
  const plan = await planRun({ manifest, selected, loaded, options: { ...options, wait: 0, scheduled: false } });
  const run = options.run === undefined ? null : await findRun(loaded.dataDir, options.run);
  const lines = run === null ? explainPlan(plan, manifest) : explainRun(run, manifest, new Set(selected));
  for (const line of alignTable(["relation", run === null ? "will" : "did", "because"], lines)) effects.print(line);
  effects.print("");
  effects.print(run === null ? summarizePlan(plan) : `Run ${run.runId}: ${run.finished?.status ?? "killed"}.`);
  return 0;
}

async function findRun(dataDir: string, name: string): Promise<PastRun> {
  const run = await readPastBuild(dataDir, name === "last" ? null : name);
  if (run !== null) return run;
  const message = name === "last" ? "there has been no build yet" : `there is no build '${name}'`;
  throw new ProjectError([{ path: "--run", message, hint: "meta.runs lists the builds" }], 1);
}

/** `build`: for sure. `check`: when what it reads comes out changed. `reuse`: its rows stay. */
function explainPlan(plan: Plan, { nodes }: Manifest): readonly Line[] {
  const planned = plan.nodes.map((node): Line => {
    const relation = nodes[node.uniqueId]?.relation ?? node.uniqueId;
    return [relation, node.action, explainPlanned(node, plan)];
  });
  const removed = plan.removed.map((uniqueId): Line => [uniqueId, "drop", "the project no longer has it"]);
  return [...planned, ...removed];
}

function explainPlanned({ uniqueId, reason }: PlannedNode, { state }: Plan): string {
  const held = state.nodes[uniqueId]?.held;
  return held === null || held === undefined ? reason : `held since ${held.since}: ${held.reason}; ${reason}`;
}

function summarizePlan({ nodes }: Plan): string {
  const count = (action: PlannedNode["action"]): number => nodes.filter((node) => node.action === action).length;
  return `${count("build")} to build, ${count("check")} to check (built when what they read comes out changed), ${count("reuse")} to reuse.`;
}

function explainRun({ entries }: PastRun, { nodes }: Manifest, selected: ReadonlySet<string>): readonly Line[] {
  const relation = (uniqueId: string): string => nodes[uniqueId]?.relation ?? uniqueId;
  const finished = entries.flatMap((entry) => (entry.event === "node_finished" ? [entry] : []));
  const done = new Set(finished.map(({ node }) => node));
  const begun = entries.flatMap((entry) => (entry.event === "node_started" && !done.has(entry.node) ? [entry] : []));
  return [
    ...finished
      .filter(({ node }) => selected.has(node) || nodes[node] === undefined)
      .map(({ node, status, work, reason, message }): Line => {
        const failure = message === null || message === reason ? "" : `; ${firstLine(message)}`;
        return [relation(node), status === "success" ? work : status, `${reason}${failure}`];
      }),
    ...begun
      .filter(({ node }) => selected.has(node))
      .map(({ node }): Line => [relation(node), "unfinished", "the run ended while it was at work"]),
  ];
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}
