import type { Derivatives } from "./boosting-losses.ts";
import type { TreeGround } from "./tree-ground.ts";

/**
 * Gradients of the rows as whole numbers, each packed with a count of one: Σ packed = rows × countUnit + gradient units.
 * Sums of whole numbers below 2^53 are exact, so histograms are the same whatever the order of the rows, and the
 * larger child's is exactly its parent's less the smaller child's. Of n rows a gradient keeps 52 − 2 log2(n) bits
 * (18 at 100,000 rows, 12 at a million), a hessian 53 − log2(n).
 */
export interface PackingUnits {
  readonly countUnit: number;
  readonly gradientUnit: number;
  readonly hessianUnit: number;
}

/** Sums over the rows of a node, in units. */
export interface PackedSums {
  readonly packed: number;
  readonly hessian: number;
}

/** Makes an output's derivatives those that histograms are filled with. */
export function packGradients({ kernel, packed }: TreeGround, { gradients, hessians }: Derivatives): PackingUnits {
  const rowBits = 32 - Math.clz32(gradients.length);
  const [gradientsAt, hessiansAt] = [gradients.byteOffset, hessians.byteOffset];
  const [gradientsEnd, hessiansEnd] = [gradientsAt + gradients.byteLength, hessiansAt + hessians.byteLength];
  const countUnit = 2 ** (53 - rowBits);
  const gradientUnit = kernel.largest(gradientsAt, gradientsEnd) / 2 ** (52 - 2 * rowBits) || 1;
  const hessianUnit = kernel.largest(hessiansAt, hessiansEnd) / countUnit || 1;
  kernel.pack(packed.byteOffset, gradientsAt, hessiansAt, gradientsEnd, countUnit, 1 / gradientUnit, 1 / hessianUnit);
  return { countUnit, gradientUnit, hessianUnit };
}

/** Rows, gradient and hessian behind sums in units. */
export function unpackSums(
  units: PackingUnits,
  sums: PackedSums,
): { count: number; gradient: number; hessian: number } {
  const count = Math.round(sums.packed / units.countUnit);
  const gradient = (sums.packed - count * units.countUnit) * units.gradientUnit;
  return { count, gradient, hessian: sums.hessian * units.hessianUnit };
}
