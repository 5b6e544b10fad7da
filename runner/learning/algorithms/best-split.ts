import { type PackedSums, type PackingUnits, unpackSums } from "./packed-gradients.ts";
import type { Histogram, TreeGround } from "./tree-ground.ts";

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
  readonly units: PackingUnits;
  readonly minLeafRows: number;
  readonly l2: number;
}

/** Gains below this share of a node's own score are rounding. */
const roundingShare = 1e-9;

/** Tells the searches of one tree their rules. */
export function setRules({ rules }: TreeGround, { units, minLeafRows, l2 }: SplitRules): void {
  rules.set([units.countUnit, units.gradientUnit, units.hessianUnit, l2, minLeafRows]);
}

/** The split with the greatest gain, of equal ones the first; null when none gains anything within the rules. */
export function findBestSplit(
  ground: TreeGround,
  { histogram, sums }: { readonly histogram: Histogram; readonly sums: PackedSums },
  { units, l2 }: SplitRules,
): Split | null {
  const { count, gradient, hessian } = unpackSums(units, sums);
  const score = (gradient * gradient) / (hessian + l2);
  const leastGain = Math.max(score * roundingShare, Number.MIN_VALUE);
  const { kernel, columns, found } = ground;
  if (kernel.findSplit(histogram.byteOffset, columns.length, count, gradient, hessian, score, leastGain) === 0)
    return null;
  const [gain = 0, packed = 0, leftHessian = 0] = found.sums;
  const [feature = 0, bin = 0, missingWay = 0] = found.split;
  const left = { packed, hessian: leftHessian };
  const mostLeft = 2 * unpackSums(units, left).count > count;
  return { feature, bin, missingLeft: missingWay === 0 ? mostLeft : missingWay === 2, gain, left };
}
