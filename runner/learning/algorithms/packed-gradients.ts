/**
 * Gradients of the rows as whole numbers, each packed with a count of one: Σ packed = rows × countUnit + gradient units.
 * Sums of whole numbers below 2^53 are exact, so histograms are the same whatever the order of the rows, and the
 * larger child's is exactly its parent's less the smaller child's. Of n rows a gradient keeps 52 − 2 log2(n) bits
 * (18 at 100,000 rows, 12 at a million), a hessian 53 − log2(n).
 */
export interface PackedGradients {
  readonly packed: Float64Array;
  /** Hessians in units, or null where each row's is 1 and the count says it all. */
  readonly hessians: Float64Array | null;
  readonly countUnit: number;
  readonly gradientUnit: number;
  readonly hessianUnit: number;
}

/** Sums over the rows of a node, in units. */
export interface PackedSums {
  readonly packed: number;
  readonly hessian: number;
}

/** Packs a gradient and a hessian a row. */
export function packGradients(gradients: Float64Array, hessians: Float64Array | null): PackedGradients {
  const rowBits = 32 - Math.clz32(gradients.length);
  const countUnit = 2 ** (53 - rowBits);
  const gradientUnit = largest(gradients) / 2 ** (52 - 2 * rowBits) || 1;
  const packed = inUnits(gradients, gradientUnit, countUnit);
  if (hessians === null) return { packed, hessians: null, countUnit, gradientUnit, hessianUnit: 1 };
  const hessianUnit = largest(hessians) / countUnit || 1;
  return {
    packed,
    hessians: hessians.map((one) => Math.round(one / hessianUnit)),
    countUnit,
    gradientUnit,
    hessianUnit,
  };
}

/** Rows, gradient and hessian behind sums in units. */
export function unpackSums(
  gradients: PackedGradients,
  sums: PackedSums,
): { count: number; gradient: number; hessian: number } {
  const count = Math.round(sums.packed / gradients.countUnit);
  const gradient = (sums.packed - count * gradients.countUnit) * gradients.gradientUnit;
  return { count, gradient, hessian: gradients.hessians === null ? count : sums.hessian * gradients.hessianUnit };
}

/** Adding and taking away 3 × 2^51 leaves a double of less than 2^51 rounded to a whole number. */
const rounder = 3 * 2 ** 51;

function inUnits(values: Float64Array, unit: number, plus: number): Float64Array {
  const units = new Float64Array(values.length);
  const scale = 1 / unit;
  for (let row = 0; row < units.length; row++) units[row] = plus + ((values[row] ?? 0) * scale + rounder - rounder);
  return units;
}

function largest(values: Float64Array): number {
  let most = 0;
  let least = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    if (value > most) most = value;
    if (value < least) least = value;
  }
  return Math.max(most, -least);
}
