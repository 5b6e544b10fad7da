import { isBetter } from "./compare-models.ts";
import type { Comparison, Decision } from "./decision.ts";
import type { ModelConfig } from "./model-config.ts";

/** What a decision rests on. */
export interface Contest {
  readonly challenger: { readonly algorithm: string; readonly isBaseline: boolean };
  readonly baseline: string;
  readonly againstBaseline: Comparison;
  readonly champion: Champion | null;
  readonly gates: ModelConfig["gates"];
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** The champion; where it cannot be compared fairly, why. */
export interface Champion {
  readonly version: number;
  readonly isBaseline: boolean;
  readonly comparison: Comparison | { readonly incomparable: string };
  /** Loss of the baseline on the rows of the comparison. */
  readonly baselineLoss: number;
}

/**
 * Who is to serve: the challenger if it beats baseline and champion by the gate and passes the metric gates; the
 * champion as long as it is better than the baseline; otherwise the baseline. With the reason in one line.
 */
export function decidePromotion(contest: Contest): Pick<Decision, "serves" | "reason"> {
  const failed = failedGates(contest);
  const beatsBaseline = !contest.challenger.isBaseline && isBetter(contest.againstBaseline, contest.gates.min_gain);
  if (beatsBaseline && failed.length === 0) return meetChampion(contest);
  const why = beatsBaseline ? `A gate failed: ${failed.join(", ")}.` : missedBaseline(contest);
  const { champion } = contest;
  if (champion === null) return { serves: "baseline", reason: `${why} The baseline serves.` };
  if (champion.isBaseline) return { serves: "champion", reason: `${why} The baseline stays champion.` };
  const { comparison, baselineLoss } = champion;
  if ("incomparable" in comparison) {
    return { serves: "baseline", reason: `${why} ${notComparable(champion, comparison)} The baseline serves.` };
  }
  if (comparison.other < baselineLoss)
    return { serves: "champion", reason: `${why} Champion ${champion.version} stays.` };
  const lost = `Champion ${champion.version} no longer beats the baseline either: ${losses(comparison.loss, comparison.other, baselineLoss)}.`;
  return { serves: "baseline", reason: `${why} ${lost} The baseline serves.` };
}

function meetChampion({ champion, againstBaseline, gates }: Contest): Pick<Decision, "serves" | "reason"> {
  const first = `Better than the baseline: ${describeComparison(againstBaseline)}.`;
  if (champion === null) return { serves: "challenger", reason: `The first champion. ${first}` };
  const { comparison, version } = champion;
  if ("incomparable" in comparison) {
    return { serves: "challenger", reason: `${notComparable(champion, comparison)} ${first}` };
  }
  return isBetter(comparison, gates.min_gain)
    ? { serves: "challenger", reason: `Better than champion ${version}: ${describeComparison(comparison)}.` }
    : {
        serves: "champion",
        reason: `Not better than champion ${version} by ${percent(gates.min_gain)} and beyond chance: ${describeComparison(comparison)}.`,
      };
}

function missedBaseline({ challenger, baseline, againstBaseline, gates }: Contest): string {
  if (challenger.isBaseline) return `Nothing does better than the baseline (${baseline}) on the folds.`;
  return `Nothing beats the baseline (${baseline}) by ${percent(gates.min_gain)} and beyond chance: ${challenger.algorithm} has ${describeComparison(againstBaseline)}.`;
}

function notComparable({ version }: Champion, { incomparable }: { readonly incomparable: string }): string {
  return `Champion ${version} cannot be compared: ${incomparable}.`;
}

/** Gates of metrics that are not reached. */
export function failedGates({ gates, metrics }: Pick<Contest, "gates" | "metrics">): readonly string[] {
  return Object.entries(gates.metrics).flatMap(([name, { min = -Infinity, max = Infinity }]) => {
    const value = metrics[name] ?? null;
    if (value === null) return [`${name} is not known`];
    if (value < min) return [`${name} ${round(value)} is below ${min}`];
    return value > max ? [`${name} ${round(value)} is above ${max}`] : [];
  });
}

/** Both losses with their difference in words. */
export function describeComparison({ loss, challenger, other, gain, lower, upper }: Comparison): string {
  const interval =
    lower === null || upper === null
      ? "no interval of the difference"
      : `95 % interval of the difference ${round(lower)} to ${round(upper)}`;
  const change = gain < 0 ? `${percent(-gain)} higher` : `${percent(gain)} lower`;
  return `${losses(loss, challenger, other)}, ${change} (${interval})`;
}

function losses(loss: Comparison["loss"], own: number, other: number): string {
  return `${{ rmse: "RMSE", log_loss: "log loss", mae: "MAE", separation: "1 − silhouette" }[loss]} ${round(own)} against ${round(other)}`;
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
