import { weightedMean } from "./algorithms/metric.ts";
import type { BacktestRow } from "./algorithms/rolling-origin.ts";
import { summariseBacktest } from "./algorithms/rolling-origin.ts";
import { TooFewRowsError, TrainingDataError } from "./algorithms/training-data-error.ts";
import { compareLosses, type ComparedRows, type Losses } from "./compare-models.ts";
import type { Champion, Contest } from "./decide-promotion.ts";
import { dayMs, type DaySeries, daySeries, dayText, presentDays } from "./day-series.ts";
import { describeDecision } from "./describe-decision.ts";
import { hashSettings, reasonToWait } from "./enough-new-rows.ts";
import type { Evidence } from "./evidence.ts";
import { type ForecastConfig, forecastBaseline } from "./forecast-config.ts";
import {
  type ForecastCourse,
  forecastCourse,
  forecastJudged,
  type JudgedForecast,
  judgeForecast,
  load,
  tryForecast,
} from "./forecast-course.ts";
import { buildForecastVersion, forecastArtefactSchema, forecastMetrics } from "./forecast-version.ts";
import type { ModelVersion } from "./model-version.ts";
import type { TrainingInput, TrainingResult } from "./training.ts";
import { countProvenance } from "./training-rows.ts";

type Input = TrainingInput<ForecastConfig>;

/**
 * Tries ways to forecast on earlier days, judges the best on the newest ones against the mean of all days and the
 * champion, decides who serves and refits the challenger on all days.
 */
export function trainForecast(input: Input): TrainingResult {
  const { config } = input;
  const series = daySeries(input.rows, config);
  const provenance = countProvenance(config, input.rows);
  checkDays(series, config);
  const settingsHash = hashSettings(config, []);
  const days = presentDays(series);
  const times = Float64Array.from(days, (day) => (series.firstDay + day) * dayMs);
  const state = { rows: { labels: days, times }, settingsHash, dataHash: input.origin.dataHash };
  const reason = input.isForced === true ? null : reasonToWait(state, config, input.lastDecision);
  if (reason !== null) return { status: "skipped", reason };
  return compete(forecastCourse(config, series), input, { settingsHash, times, provenance });
}

interface Basis {
  readonly settingsHash: string;
  readonly times: Float64Array;
  readonly provenance: Readonly<Record<string, number>>;
}

function compete(course: ForecastCourse, input: Input, basis: Basis): TrainingResult {
  const others = input.config.algorithms.filter((name) => name !== forecastBaseline);
  const judged = [forecastBaseline, ...others].map((name) => judgeForecast(course, tryForecast(course, name)));
  const [baseline] = judged;
  if (baseline === undefined) throw new Error("A forecast has a baseline.");
  const challenger = judged.reduce((best, one) => (one.trial.loss < best.trial.loss ? one : best), baseline);
  const metrics = forecastMetrics(challenger, baseline);
  const contest = describeContest(course, input, { challenger, baseline });
  const decision = describeDecision(contest, {
    ...input,
    ...basis,
    rows: basis.times.length,
    dataHash: input.origin.dataHash,
  });
  const { model, now: trainedAt, origin, seed } = input;
  const occasion = { model, trainedAt, origin, seed, decision, provenance: basis.provenance };
  const baselineMetrics = forecastMetrics(baseline, baseline);
  return {
    status: "trained",
    decision,
    challenger: buildForecastVersion(course, challenger, { ...occasion, metrics }),
    baseline:
      decision.serves === "baseline"
        ? buildForecastVersion(course, baseline, { ...occasion, metrics: baselineMetrics })
        : null,
    evidence: describeEvidence(course.series, judged),
    warnings: [],
  };
}

function checkDays(series: DaySeries, { label, gates }: ForecastConfig): void {
  const days = presentDays(series);
  if (days.length < gates.min_rows) {
    throw new TooFewRowsError(
      `There ${days.length === 1 ? "is 1 day" : `are ${days.length} days`} with a value of '${label}' to learn from; at least ${gates.min_rows} are needed.`,
    );
  }
  const [first = 0] = days;
  if (days.every((day) => series.values[day] === series.values[first]))
    throw new TrainingDataError(
      `The label '${label}' is ${series.values[first]} on all ${days.length} days: nothing to learn.`,
    );
}

interface Rivals {
  readonly challenger: JudgedForecast;
  readonly baseline: JudgedForecast;
}

function describeContest(course: ForecastCourse, input: Input, { challenger, baseline }: Rivals): Contest {
  const opponent = { against: "baseline", version: null, seed: input.seed } as const;
  const losses = { challenger: absoluteErrors(challenger.rows), other: absoluteErrors(baseline.rows) };
  const { champion } = input;
  return {
    challenger: {
      algorithm: challenger.trial.algorithm,
      isBaseline: challenger.trial.algorithm === forecastBaseline,
    },
    baseline: forecastBaseline,
    againstBaseline: compareLosses(losses, comparedRows(course, challenger.rows), opponent),
    champion: champion === null ? null : meetChampion(course, input, { challenger, baseline, champion }),
    gates: input.config.gates,
    metrics: forecastMetrics(challenger, baseline),
  };
}

/** The champion and the challenger on the days that judge and that the champion had not seen, or why that is not fair. */
function meetChampion(
  course: ForecastCourse,
  { config, seed }: Input,
  { champion, challenger, baseline }: Rivals & { readonly champion: ModelVersion },
): Champion {
  const { version, record, artefact } = champion;
  const common = { version, isBaseline: record.isBaseline };
  const refuse = (incomparable: string): Champion => ({
    ...common,
    comparison: { incomparable },
    baselineLoss: Number.NaN,
  });
  if (record.task !== "forecast" || record.split.kind !== "origins" || record.columns.label !== config.label)
    return refuse("it learned another label or another task");
  const { series, judging } = course;
  const [cut, end] = [record.split.cut, record.split.end].map((time) => time / dayMs - series.firstDay);
  const { algorithm, serving, judged } = forecastArtefactSchema.parse(JSON.parse(artefact));
  const isNewer = judging > (end ?? Infinity);
  const from = isNewer ? judging : Math.max(judging, cut ?? Infinity);
  const isUnseen = (row: BacktestRow): boolean => row.origin + row.step >= from;
  const rows = forecastJudged(course, load(algorithm, (isNewer ? serving : judged).model)).filter(isUnseen);
  if (rows.length < leastDays) return refuse(`only ${rows.length} days are newer than those it learned from`);
  const own = challenger.rows.filter(isUnseen);
  const losses: Losses = { challenger: absoluteErrors(own), other: absoluteErrors(rows) };
  return {
    ...common,
    comparison: compareLosses(losses, comparedRows(course, own), { against: "champion", version, seed }),
    baselineLoss: summariseBacktest(baseline.rows.filter(isUnseen)).mae,
  };
}

/** Fewer common days than this say nothing about which forecast is better. */
const leastDays = 30;

function absoluteErrors(rows: readonly BacktestRow[]): Losses["other"] {
  const errors = Float64Array.from(rows, ({ actual, value }) => Math.abs(actual - value));
  return (weights) => weightedMean(errors, weights);
}

/** Days forecast from one origin share its level, so they are drawn together. */
function comparedRows({ series }: ForecastCourse, rows: readonly BacktestRow[]): ComparedRows {
  return {
    loss: "mae",
    drawn: rows.map(({ origin }) => String(origin)),
    times: Float64Array.from(rows, ({ origin, step }) => (series.firstDay + origin + step) * dayMs),
  };
}

/** Each forecast of each algorithm for the days that judged. */
function describeEvidence({ firstDay }: DaySeries, judged: readonly JudgedForecast[]): Evidence {
  const rows = judged.flatMap(({ trial, rows: forecast }) =>
    forecast.map(({ origin, step, actual, value, lower, upper }) => ({
      algorithm: trial.algorithm,
      origin_date: dayText(firstDay + origin),
      listening_date: dayText(firstDay + origin + step),
      days_ahead: step,
      actual,
      predicted: value,
      lower,
      upper,
    })),
  );
  return { table: "forecast_backtests", rows };
}
