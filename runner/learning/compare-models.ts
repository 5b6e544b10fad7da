import { bootstrapDifference } from "./algorithms/group-bootstrap.ts";
import type { Metric } from "./algorithms/metric.ts";
import type { Outputs } from "./fitted-model.ts";
import type { Comparison } from "./model-version.ts";
import { type Labels, lossName, lossOf } from "./task-metrics.ts";

/** Rows both models are judged on. */
export interface JudgedRows extends Labels {
  /** Days or groups, drawn whole. */
  readonly drawn: readonly string[];
  readonly times: Float64Array | null;
}

/** Whom the challenger meets. */
export interface Opponent {
  readonly against: Comparison["against"];
  readonly version: number | null;
  readonly outputs: Outputs;
  readonly seed: string;
}

const week = 7 * 86_400_000;
/** 1970-01-05, a Monday. */
const firstMonday = 4 * 86_400_000;

/** The losses of two models on the same rows with the 95 % interval of their difference. */
export function compareModels(rows: JudgedRows, challenger: Outputs, opponent: Opponent): Comparison {
  const losses = { challenger: lossOf(rows, challenger), other: lossOf(rows, opponent.outputs) };
  return compareLosses(losses, { ...rows, loss: lossName(rows.classes) }, opponent);
}

/** Losses of two models on the same rows, lower is better. */
export interface Losses {
  readonly challenger: Metric;
  readonly other: Metric;
}

/** What the losses of a comparison are of. */
export type ComparedRows = Pick<JudgedRows, "drawn" | "times"> & { readonly loss: Comparison["loss"] };

/** Two losses with the 95 % interval of their difference, bootstrapped over what is drawn whole. */
export function compareLosses(
  { challenger: own, other }: Losses,
  { drawn, times, loss }: ComparedRows,
  { against, version, seed }: Omit<Opponent, "outputs">,
): Comparison {
  const { lower, upper } = bootstrapDifference(other, own, { groups: drawn, seed: `${seed}/${against}` });
  return {
    against,
    version,
    loss,
    rows: drawn.length,
    challenger: own(),
    other: other(),
    gain: other() === 0 ? 0 : (other() - own()) / other(),
    lower: finite(lower),
    upper: finite(upper),
    weeks: times === null ? [] : compareWeeks(times, own, other),
  };
}

/** Whether the challenger's loss is lower by that share and the interval of the difference lies above 0. */
export function isBetter({ gain, lower }: Comparison, minGain: number): boolean {
  return gain >= minGain && lower !== null && lower > 0;
}

function compareWeeks(times: Float64Array, own: Metric, others: Metric): Comparison["weeks"] {
  const weeks = Array.from(times, (time) => Math.floor((time - firstMonday) / week));
  return [...new Set(weeks)]
    .toSorted((left, right) => left - right)
    .map((number) => {
      const weights = Float64Array.from(weeks, (one) => (one === number ? 1 : 0));
      return {
        from: new Date(firstMonday + number * week).toISOString().slice(0, 10),
        rows: weights.reduce((sum, weight) => sum + weight, 0),
        challenger: finite(own(weights)),
        other: finite(others(weights)),
      };
    });
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
