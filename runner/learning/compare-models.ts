import { bootstrapDifference } from "./algorithms/group-bootstrap.ts";
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
  const { against, version, outputs, seed } = opponent;
  const [own, other] = [lossOf(rows, challenger), lossOf(rows, outputs)];
  const { lower, upper } = bootstrapDifference(other, own, { groups: rows.drawn, seed: `${seed}/${against}` });
  return {
    against,
    version,
    loss: lossName(rows.classes),
    rows: rows.labels.length,
    challenger: own(),
    other: other(),
    gain: other() === 0 ? 0 : (other() - own()) / other(),
    lower: finite(lower),
    upper: finite(upper),
    weeks: compareWeeks(rows, challenger, outputs),
  };
}

/** Whether the challenger's loss is lower by that share and the interval of the difference lies above 0. */
export function isBetter({ gain, lower }: Comparison, minGain: number): boolean {
  return gain >= minGain && lower !== null && lower > 0;
}

function compareWeeks(rows: JudgedRows, challenger: Outputs, other: Outputs): Comparison["weeks"] {
  const { times } = rows;
  if (times === null) return [];
  const weeks = Array.from(times, (time) => Math.floor((time - firstMonday) / week));
  const [own, others] = [lossOf(rows, challenger), lossOf(rows, other)];
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
