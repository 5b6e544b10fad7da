import { countText } from "../count-text.ts";
import { hasFailed, isWithheld, type NodeResult, type RunResults } from "../execution/run-results.ts";

const words = {
  built: { source: "OK bound", seed: "OK loaded", other: "OK created" },
  tested: { source: "OK tested", seed: "OK tested", other: "OK tested" },
  documented: { source: "OK described", seed: "OK described", other: "OK described" },
  none: { source: "OK", seed: "OK", other: "OK" },
} as const;

/** What a person sees of a finished node: one line, and the reasons below it where it failed; nothing when it was reused. */
export function renderNode(
  result: NodeResult,
  progress: { readonly index: number; readonly total: number },
): readonly string[] {
  if (result.status === "reused") return [];
  const place = `${String(progress.index).padStart(String(progress.total).length)} of ${progress.total}`;
  const tests = result.tests.length === 0 ? "" : `, ${result.tests.length} tests`;
  const rows = result.rows === null ? "" : `${countText(result.rows)} rows `;
  const time = `[${rows}in ${(result.ms / 1000).toFixed(2)}s${renderPartitions(result)}${tests}]`;
  const warnings = result.tests
    .filter(({ status }) => status === "warn")
    .map(({ message }) => indent(`WARN ${message ?? ""}`));
  if (result.status === "skipped") return [`${place} SKIP ${result.relation} (${result.message ?? ""})`];
  if (result.status === "error") {
    return [`${place} ERROR ${result.kind} ${result.relation} ${time}`, indent(result.message ?? ""), ...warnings];
  }
  const verbs = words[result.work];
  const verb = result.kind === "source" || result.kind === "seed" ? verbs[result.kind] : verbs.other;
  return [`${place} ${verb} ${result.kind} ${result.relation} ${time}`, ...warnings];
}

/** The closing lines: what is held, what became of the run, and dbt's counts. */
export function renderDone(results: RunResults): readonly string[] {
  const { pass, warn, error, skip, reused, total } = results.counts;
  const held = results.results.filter(({ status }) => status === "error" || status === "skipped");
  const lines = [];
  if (isWithheld(results)) {
    lines.push("", "Nothing was published: a critical node failed. The warehouse stands as it was.");
  } else if (hasFailed(results)) {
    const names = held.map(({ relation, state }) => (state === null ? `${relation} (not built yet)` : relation));
    lines.push("", `Held, with the rows they had before: ${names.join(", ")}.`);
  }
  const tested = results.results.filter(({ tests }) => tests.some(({ status }) => status === "fail"));
  lines.push(...tested.map(({ uniqueId }) => renderReplay(uniqueId)));
  for (const relation of results.dropped) lines.push(`Dropped ${relation}: the project no longer has it.`);
  const counts = `PASS=${pass} WARN=${warn} ERROR=${error} SKIP=${skip} REUSED=${reused} TOTAL=${total}`;
  return [...lines, `Done in ${(results.ms / 1000).toFixed(2)}s. ${counts}`];
}

function renderPartitions({ partitions }: NodeResult): string {
  if (partitions === null) return "";
  return `, ${partitions.built === null ? "all" : partitions.built.length} of ${partitions.total} partitions`;
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
}

/** How to see the failed tests of a node fail again. */
export function renderReplay(uniqueId: string): string {
  return `See it fail again: npm run replay -- ${uniqueId.split(".").slice(2).join(".")}`;
}
