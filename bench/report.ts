import { median, type Summary } from "./measure.ts";

/** One figure against its target, with the measurements behind it. */
export interface BenchReport {
  readonly summaries: readonly Summary[];
  readonly figures: readonly Figure[];
  /** Lines of what happened, where that is not plain from the figures. */
  readonly notes?: readonly string[];
}

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number;
  /** Whether a good value lies at or below the target, or at or above it. */
  readonly good: "at most" | "at least";
  /** Digits behind the point; 2 when left out, none for megabytes. */
  readonly digits?: number;
  readonly note?: string;
}

/** The ratio of two wall times of the same rounds: the median of each round's ratio. */
export function wallRatio(numerator: Summary, denominator: Summary): number {
  return median(numerator.walls.map((wall, round) => wall / (denominator.walls[round] ?? Number.NaN)));
}

/** The summary of that name; a bench that asks for one it did not measure is wrong. */
export function summaryOf(summaries: readonly Summary[], name: string): Summary {
  const found = summaries.find((summary) => summary.name === name);
  if (found === undefined) throw new Error(`Nothing named '${name}' was measured.`);
  return found;
}

/** A report as lines of text: a row a contender, then a row a figure. */
export function renderReport(bench: string, report: BenchReport): string {
  const rows = report.summaries.map(
    (one) =>
      `  ${one.name.padEnd(24)} wall ${one.wallSeconds.toFixed(2)} s (${one.walls.map((wall) => wall.toFixed(2)).join(" ")})` +
      `  cpu ${one.cpuSeconds.toFixed(2)} s  peak ${one.peakMegabytes.toFixed(0)} MB`,
  );
  const notes = (report.notes ?? []).map((note) => `  ${note}`);
  return [bench, ...rows, ...notes, ...report.figures.map(renderFigure)].join("\n");
}

function renderFigure(figure: Figure): string {
  const isMet = figure.good === "at most" ? figure.value <= figure.target : figure.value >= figure.target;
  const note = figure.note === undefined ? "" : ` (${figure.note})`;
  const value = `${figure.value.toFixed(figure.digits ?? (figure.unit === "MB" ? 0 : 2))} ${figure.unit}`;
  return `  ${figure.name}: ${value}, target ${figure.good} ${figure.target} ${figure.unit}: ${isMet ? "met" : "MISSED"}${note}`;
}
