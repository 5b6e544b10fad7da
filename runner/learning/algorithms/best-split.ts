import { missingBin } from "./binning.ts";
import type { Histogram } from "./histogram.ts";
import { type PackedGradients, type PackedSums, rounder, unpackSums } from "./packed-gradients.ts";

/** Rows with a bin up to `bin` go left; those without a value where `missingLeft` says. */
export interface Split {
  readonly feature: number;
  readonly bin: number;
  readonly missingLeft: boolean;
  /** How much the loss falls, in twice its unit: G²/(H + l2) of the children less that of the parent. */
  readonly gain: number;
  readonly left: PackedSums;
}

/** What every search in one tree shares. */
export interface SplitRules {
  readonly gradients: PackedGradients;
  /** Bins of values a feature has, without the one for missing values. */
  readonly binCounts: readonly number[];
  readonly minLeafRows: number;
  readonly l2: number;
}

/** Least sum of hessians a child may have, as in scikit-learn: below it a leaf's value would explode. */
const minHessian = 1e-3;

/** Gains below this share of a node's own score are rounding. */
const roundingShare = 1e-9;

/** The split with the greatest gain, of equal ones the first; null when none gains anything within the rules. */
export function findBestSplit(histogram: Histogram, sums: PackedSums, rules: SplitRules): Split | null {
  let best: Split | null = null;
  for (let feature = 0; feature < rules.binCounts.length; feature++) {
    const missing = sumsAt(histogram, feature * 256 + missingBin);
    const hasMissing = missing.packed !== 0;
    const search = { histogram, feature, sums, rules };
    best = better(best, scanBins(search, { packed: 0, hessian: 0 }, hasMissing));
    if (hasMissing) best = better(best, scanBins(search, missing, hasMissing));
  }
  return best;
}

function better(best: Split | null, other: Split | null): Split | null {
  return other !== null && (best === null || other.gain > best.gain) ? other : best;
}

interface Search {
  readonly histogram: Histogram;
  readonly feature: number;
  readonly sums: PackedSums;
  readonly rules: SplitRules;
}

/** Tries every edge of one feature, with `start` (nothing, or the rows without a value) on the left from the outset. */
function scanBins(search: Search, start: PackedSums, hasMissing: boolean): Split | null {
  const { feature, sums, rules } = search;
  const { packed: packedSums, hessians } = search.histogram;
  const { l2, minLeafRows } = rules;
  const { countUnit, gradientUnit, hessianUnit } = rules.gradients;
  const perCount = 1 / countUnit;
  const total = unpackSums(rules.gradients, sums);
  const parentScore = (total.gradient * total.gradient) / (total.hessian + l2);
  const lastBin = (rules.binCounts[feature] ?? 0) - (hasMissing && start.packed === 0 ? 1 : 2);
  let { packed, hessian } = start;
  let bestGain = Math.max(parentScore * roundingShare, Number.MIN_VALUE);
  let best: { bin: number; packed: number; hessian: number } | null = null;
  for (let bin = 0; bin <= lastBin; bin++) {
    const at = feature * 256 + bin;
    const added = packedSums[at] ?? 0;
    if (added === 0) continue;
    packed += added;
    if (hessians !== null) hessian += hessians[at] ?? 0;
    const count = packed * perCount + rounder - rounder;
    if (count < minLeafRows) continue;
    if (total.count - count < minLeafRows) break;
    const leftHessian = hessians === null ? count : hessian * hessianUnit;
    const rightHessian = total.hessian - leftHessian;
    if (leftHessian < minHessian || rightHessian < minHessian) continue;
    const left = (packed - count * countUnit) * gradientUnit;
    const right = total.gradient - left;
    const gain = (left * left) / (leftHessian + l2) + (right * right) / (rightHessian + l2) - parentScore;
    if (gain <= bestGain) continue;
    bestGain = gain;
    best = { bin, packed, hessian };
  }
  if (best === null) return null;
  const left = { packed: best.packed, hessian: best.hessian };
  const mostLeft = 2 * unpackSums(rules.gradients, left).count > total.count;
  return { feature, bin: best.bin, missingLeft: hasMissing ? start.packed !== 0 : mostLeft, gain: bestGain, left };
}

function sumsAt(histogram: Histogram, index: number): PackedSums {
  return { packed: histogram.packed[index] ?? 0, hessian: histogram.hessians?.[index] ?? 0 };
}
