import { bootstrapDifference } from "./algorithms/group-bootstrap.ts";
import type { Metric } from "./algorithms/metric.ts";
import type { Outputs } from "./fitted-model.ts";
import type { Comparison } from "./decision.ts";
import { type Labels, lossName, lossOf, rowLossesOf } from "./task-metrics.ts";

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
  const [own, other] = [drawnLoss(rows, challenger), drawnLoss(rows, opponent.outputs)];
  const drawn = { groups: own.groups, challenger: own.metric, other: other.metric };
  const losses = { challenger: lossOf(rows, challenger), other: lossOf(rows, opponent.outputs), drawn };
  return compareLosses(losses, { ...rows, loss: lossName(rows.classes) }, opponent);
}

/** Losses of two models on the same rows, lower is better. */
export interface Losses {
  readonly challenger: Metric;
  readonly other: Metric;
  /** The same losses by what is drawn whole, a weight a group. */
  readonly drawn?: { readonly groups: readonly string[]; readonly challenger: Metric; readonly other: Metric };
}

/** What the losses of a comparison are of. */
export type ComparedRows = Pick<JudgedRows, "drawn" | "times"> & { readonly loss: Comparison["loss"] };

/** Two losses with the 95 % interval of their difference, bootstrapped over what is drawn whole. */
export function compareLosses(
  { challenger: own, other, drawn: byGroup }: Losses,
  { drawn, times, loss }: ComparedRows,
  { against, version, seed }: Omit<Opponent, "outputs">,
): Comparison {
  const { groups, ...difference } = byGroup ?? { groups: drawn, challenger: own, other };
  const drawing = { groups, seed: `${seed}/${against}` };
  const { lower, upper } = bootstrapDifference(difference.other, difference.challenger, drawing);
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

/** The loss by what is drawn whole: summed up once, so that a thousand draws need not pass over all rows. */
function drawnLoss(
  rows: JudgedRows,
  outputs: Outputs,
): { readonly groups: readonly string[]; readonly metric: Metric } {
  const { values, of } = rowLossesOf(rows, outputs);
  const places = new Map([...new Set(rows.drawn)].map((group, place) => [group, place]));
  const [sums, counts] = [new Float64Array(places.size), new Float64Array(places.size)];
  for (const [row, group] of rows.drawn.entries()) {
    const place = places.get(group) ?? 0;
    sums[place] = (sums[place] ?? 0) + (values[row] ?? 0);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const metric: Metric = (weights) => {
    let [sum, count] = [0, 0];
    for (let place = 0; place < sums.length; place++) {
      const weight = weights?.[place] ?? 1;
      sum += weight * (sums[place] ?? 0);
      count += weight * (counts[place] ?? 0);
    }
    return of(sum / count);
  };
  return { groups: [...places.keys()], metric };
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
