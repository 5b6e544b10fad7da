import type { Comparison } from "./decision.ts";
import { isRowRecord, type VersionRecord } from "./model-version.ts";
import { foldCountOf } from "./split-rows.ts";

/** The page about one version that people read: what it learned, how good it is against what, and its limits. */
export function renderModelCard(version: number, record: VersionRecord): string {
  const sections = [
    [`# ${record.model}, version ${version}`, "", describe(record)],
    ["## Decision", "", record.decision.reason, ...record.decision.comparisons.flatMap(renderComparison)],
    ["## Data", "", ...renderData(record)],
    ["## Figures", "", ...table(["metric", "value"], Object.entries(record.metrics))],
    renderClasses(record),
    renderCalibration(record),
    renderImportance(record),
    renderDrift(record),
    ["## Limits", "", ...record.limits.map((limit) => `- ${limit}`)],
    ["## Origin", "", ...renderOrigin(record)],
  ];
  const told = sections.filter((section) => section.length > 0);
  return `${told.map((section) => section.join("\n")).join("\n\n")}\n`;
}

type Value = string | number | null;

function describe({ task, columns, algorithm, isBaseline, trainedAt }: VersionRecord): string {
  const kind = {
    regression: "a number",
    binary: "one of two classes",
    multiclass: "one of several classes",
    forecast: "a number of days to come",
    clustering: "which rows belong together",
  }[task];
  const how = isBaseline ? `the baseline (${algorithm})` : algorithm;
  return `Predicts \`${columns.label}\`, ${kind}, by ${how}. Trained at ${trainedAt}.`;
}

function renderComparison(comparison: Comparison): readonly string[] {
  const { against, version, loss, rows, challenger, other, gain, lower, upper } = comparison;
  const name = version === null ? against : `${against} ${version}`;
  const interval = `95 % interval of the difference ${text(lower)} to ${text(upper)}`;
  const line = `Against the ${name} on ${rows} rows that neither had seen: ${loss} ${text(challenger)} and ${text(other)}, ${text(Math.abs(100 * gain))} % ${gain < 0 ? "higher" : "lower"} (${interval}).`;
  return ["", line, ...renderWeeks(comparison)];
}

function renderWeeks({ against, weeks }: Comparison): readonly string[] {
  if (weeks.length === 0) return [];
  const lines = weeks.map(({ from, rows, challenger, other }) => [from, rows, challenger, other]);
  return ["", ...table(["week from", "rows", "challenger", against], lines)];
}

function renderData(record: VersionRecord): readonly string[] {
  const { rows, window, features, categories, provenance } = record;
  const sources = Object.entries(provenance).map(([source, count]) => `${source} ${count}`);
  const names = features.map((name) => (categories[name] === undefined ? name : `${name} (category)`));
  return [
    `- Rows: ${rows.total}; ${describeSplit(record)}`,
    ...(window === null ? [] : [`- Window: ${window.from} to ${window.to}.`]),
    ...(isRowRecord(record)
      ? [`- Folds: ${foldCountOf(rows.training)}, rows of one \`${record.columns.group}\` together.`]
      : []),
    ...(names.length === 0 ? [] : [`- Features: ${names.join(", ")}.`]),
    ...(sources.length === 0 ? [] : [`- Rows by where their features come from: ${sources.join(", ")}.`]),
  ];
}

function describeSplit({ rows, columns, split }: VersionRecord): string {
  const learned = `learned from ${rows.training} and judged on ${rows.holdout}`;
  return {
    groups: `${learned} (a fifth of all ${columns.group}), then refitted on all.`,
    time: `${learned} (the newest rows), then refitted on all.`,
    origins: `${learned} (the newest days, each forecast once from a day before), then refitted on all.`,
    resamples: "judged against shuffled columns and against rows drawn anew.",
  }[split.kind];
}

function renderClasses({ classes, confusion }: VersionRecord): readonly string[] {
  if (classes.length === 0) return [];
  const lines = confusion.map((counts, one) => [classes[one] ?? "", ...counts]);
  return [
    "## Classes",
    "",
    "Held-out rows by their class (down) and the predicted one (across).",
    "",
    ...table(["", ...classes], lines),
  ];
}

function renderCalibration({ task, calibration, metrics, halfWidth }: VersionRecord): readonly string[] {
  if (task === "clustering") return [];
  if (halfWidth !== null || task === "forecast") {
    const coverage = metrics["coverage"] ?? null;
    const share = coverage === null ? "an unknown share" : `${text(100 * coverage)} %`;
    const interval =
      halfWidth === null ? "The 80 % interval" : `The 80 % interval is the prediction ± ${text(halfWidth)}; it`;
    return ["## Calibration", "", `${interval} held ${share} of the held-out rows.`];
  }
  const lines = calibration.map(({ rows, meanProbability, shareRight }) => [rows, meanProbability, shareRight]);
  return ["## Calibration", "", ...table(["rows", "stated probability", "share that was right"], lines)];
}

function renderImportance({ importance }: VersionRecord): readonly string[] {
  if (importance.length === 0) return [];
  const lines = importance.map(({ feature, meanLoss, deviation }) => [feature, meanLoss, deviation]);
  return [
    "## Importance",
    "",
    "Rise of the loss on held-out rows when a feature is shuffled.",
    "",
    ...table(["feature", "rise", "deviation"], lines),
  ];
}

function renderDrift({ drift, decision }: VersionRecord): readonly string[] {
  if (drift.length === 0) return [];
  const lines = drift.map(({ feature, index, drift: name }) => [feature, index, name]);
  return [
    "## Drift",
    "",
    `Stability index against the training of champion ${decision.champion}.`,
    "",
    ...table(["feature", "index", "drift"], lines),
  ];
}

function renderOrigin({ seed, origin, artefact }: VersionRecord): readonly string[] {
  return [
    `- Run ${origin.runId}, code ${origin.codeVersion}, data ${origin.dataHash}, seed ${seed}.`,
    `- Model file: ${artefact.bytes} bytes, SHA-256 ${artefact.sha256}.`,
  ];
}

function table(head: readonly string[], lines: readonly (readonly Value[])[]): readonly string[] {
  const render = (cells: readonly Value[]): string => `| ${cells.map(text).join(" | ")} |`;
  return [render(head), render(head.map(() => "---")), ...lines.map(render)];
}

/** At most four digits that count; a bar would end a cell. */
function text(value: Value): string {
  if (value === null) return "–";
  return typeof value === "string"
    ? value.replaceAll("|", "\\|")
    : String(Number(value.toPrecision(Number.isInteger(value) ? 15 : 4)));
}
