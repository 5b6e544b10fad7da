import { quantileSorted } from "simple-statistics";

import { prng } from "../../prng.ts";
import type { Metric } from "./metric.ts";

/** A figure with the range in which it would lie had other days, or artists, been drawn. */
export interface Interval {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

export interface BootstrapOptions {
  /** The day or artist of each row; groups are drawn whole, because their rows resemble each other. */
  readonly groups: readonly string[];
  readonly resamples?: number;
  readonly seed: string;
}

/** A metric with its 95 % interval. */
export function bootstrapMetric(metric: Metric, options: BootstrapOptions): Interval {
  const { groups, resamples = 1000, seed } = options;
  const random = prng(seed);
  const ranks = rankGroups(groups);
  const groupCount = ranks.reduce((most, rank) => Math.max(most, rank + 1), 0);
  const drawn: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const counts = new Float64Array(groupCount);
    for (let draw = 0; draw < groupCount; draw++) {
      const group = random.integer(0, groupCount - 1);
      counts[group] = (counts[group] ?? 0) + 1;
    }
    const weights = new Float64Array(ranks.length);
    for (let row = 0; row < ranks.length; row++) weights[row] = counts[ranks[row] ?? 0] ?? 0;
    const value = metric(weights);
    if (!Number.isNaN(value)) drawn.push(value);
  }
  const sorted = drawn.toSorted((left, right) => left - right);
  const at = (share: number): number => (sorted.length === 0 ? Number.NaN : quantileSorted(sorted, share));
  return { value: metric(), lower: at(0.025), upper: at(0.975) };
}

/** How much the first metric lies above the second on the same rows, with its 95 % interval. */
export function bootstrapDifference(first: Metric, second: Metric, options: BootstrapOptions): Interval {
  return bootstrapMetric((weights) => first(weights) - second(weights), options);
}

/** The number of each row's group among the groups in alphabetical order, so that the order of rows says nothing. */
function rankGroups(groups: readonly string[]): Int32Array {
  const ranks = new Map([...new Set(groups)].toSorted().map((group, rank) => [group, rank]));
  return Int32Array.from(groups, (group) => ranks.get(group) ?? 0);
}
