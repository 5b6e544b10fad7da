import { countText } from "../count-text.ts";
import { lastAttempts, type Run } from "../execution/run-history.ts";
import { clockTime, renderAttempt } from "./render-schedule.ts";
import { alignTable } from "./text-table.ts";

/** Runs as a table, the newest last; stages that did not succeed are named with what became of them. */
export function renderRuns(runs: readonly Run[]): readonly string[] {
  if (runs.length === 0) return ["No run yet: npm run pipeline"];
  const rows = runs.map((run) => [
    run.runId,
    run.command,
    run.trigger,
    run.status,
    run.ms === null ? "–" : `${(run.ms / 1000).toFixed(1)} s`,
    lastAttempts(run)
      .map(({ stage, status }) => (status === "success" ? stage : `${stage} ${status}`))
      .join(", "),
  ]);
  return alignTable(["run", "command", "trigger", "status", "time", "stages"], rows);
}

/** All that is known of one run: its slots, every attempt of every stage, and of its builds what failed. */
export function renderRun(run: Run, parts: readonly Run[]): readonly string[] {
  const slots = Object.entries(run.slots).map(([stage, slot]) => `  slot        ${stage} of ${slot}`);
  const missed = Object.entries(run.missed).map(
    ([stage, { slots: count, from, to }]) => `  missed      ${count} of ${stage}, from ${from} to ${to}`,
  );
  return [
    `Run ${run.runId}: ${run.command} (${run.trigger}), ${run.status}`,
    `  started     ${clockTime(new Date(run.startedAt))}, process ${run.pid}`,
    `  finished    ${run.finishedAt === null ? "–" : clockTime(new Date(run.finishedAt))}`,
    ...slots,
    ...missed,
    ...run.gaps.map(({ from, to }) => `  gap         plays may be missing from ${from} to ${to}`),
    ...(run.stages.length === 0 ? [] : ["", "Stages, every attempt", ...run.stages.map(renderAttempt)]),
    ...[run, ...parts].flatMap(renderBuild),
  ];
}

function renderBuild(run: Run): readonly string[] {
  const { nodes, failedNodes, failedTests, release, warnings, parent } = run;
  if (nodes.built + nodes.failed + nodes.skipped === 0) return [];
  const published = release === null ? "published nothing" : `published release ${release}`;
  const of = parent === null ? "Build" : `Build of ${parent.stage}, run ${run.runId}`;
  return [
    "",
    `${of}: ${nodes.built} nodes built (${countText(nodes.rows)} rows), ${nodes.failed} failed, ${nodes.skipped} skipped; ${published}`,
    ...failedNodes.map(({ node, message }) => `  ERROR ${node}: ${message.replaceAll("\n", "\n    ")}`),
    ...failedTests.map(
      ({ test, failures, severity }) =>
        `  ${severity === "warn" ? "WARN" : "FAIL"} ${test}${failures === null ? " could not run" : `: ${countText(failures)} rows`}`,
    ),
    ...warnings.map((warning) => `  ${warning}`),
  ];
}
