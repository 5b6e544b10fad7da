import type { BlockedTable } from "./binning.ts";
import type { PackedGradients, PackedSums } from "./packed-gradients.ts";

/** Sums a bin, 256 bins a feature; eight features a block, as in the binned table. */
export interface Histogram {
  readonly packed: Float64Array;
  /** Sums of hessians, or null where the count says it all. */
  readonly hessians: Float64Array | null;
}

/** Rows of one node: a stretch of the array that holds all rows, node by node. */
export interface RowRange {
  readonly rows: Int32Array;
  readonly start: number;
  readonly end: number;
}

/** An empty histogram for these features. */
export function emptyHistogram(table: BlockedTable, gradients: PackedGradients): Histogram {
  const length = table.blocks.length * 2048;
  return {
    packed: new Float64Array(length),
    hessians: gradients.hessians === null ? null : new Float64Array(length),
  };
}

/** Fills a histogram, whatever it held before, with the rows of a node. */
export function fillHistogram(
  histogram: Histogram,
  range: RowRange,
  data: { readonly table: BlockedTable; readonly gradients: PackedGradients },
): void {
  const { table, gradients } = data;
  for (const [index, block] of table.blocks.entries()) {
    const first = index * 2048;
    const packed = histogram.packed.subarray(first, first + 2048).fill(0);
    if (histogram.hessians === null || gradients.hessians === null) {
      addBlock(packed, { block, values: gradients.packed, ...range });
    } else {
      const hessians = histogram.hessians.subarray(first, first + 2048).fill(0);
      addBlocks(packed, hessians, { block, values: gradients.packed, curvatures: gradients.hessians, ...range });
    }
  }
}

/** Turns a parent's histogram into that of the child that is not `child`. */
export function subtractHistogram(parent: Histogram, child: Histogram): void {
  subtract(parent.packed, child.packed);
  if (parent.hessians !== null && child.hessians !== null) subtract(parent.hessians, child.hessians);
}

/** The sums over all bins of a feature, which are those of all rows. */
export function sumFeature(histogram: Histogram, feature: number): PackedSums {
  let packed = 0;
  let hessian = 0;
  for (let index = feature * 256; index < feature * 256 + 256; index++) {
    packed += histogram.packed[index] ?? 0;
    hessian += histogram.hessians?.[index] ?? 0;
  }
  return { packed, hessian };
}

function subtract(from: Float64Array, values: Float64Array): void {
  for (let index = 0; index < from.length; index++) from[index] = (from[index] ?? 0) - (values[index] ?? 0);
}

/** Eight features at once, unrolled: reading rows and values once for eight sums is what makes training fast. */
function addBlock(
  sums: Float64Array,
  data: RowRange & { readonly block: Uint32Array; readonly values: Float64Array },
): void {
  const { block, values, rows, start, end } = data;
  for (let index = start; index < end; index++) {
    const row = rows[index] ?? 0;
    const value = values[row] ?? 0;
    const low = block[2 * row] ?? 0;
    const high = block[2 * row + 1] ?? 0;
    const bin0 = low & 255;
    const bin1 = 256 | ((low >>> 8) & 255);
    const bin2 = 512 | ((low >>> 16) & 255);
    const bin3 = 768 | (low >>> 24);
    sums[bin0] = (sums[bin0] ?? 0) + value;
    sums[bin1] = (sums[bin1] ?? 0) + value;
    sums[bin2] = (sums[bin2] ?? 0) + value;
    sums[bin3] = (sums[bin3] ?? 0) + value;
    const bin4 = 1024 | (high & 255);
    const bin5 = 1280 | ((high >>> 8) & 255);
    const bin6 = 1536 | ((high >>> 16) & 255);
    const bin7 = 1792 | (high >>> 24);
    sums[bin4] = (sums[bin4] ?? 0) + value;
    sums[bin5] = (sums[bin5] ?? 0) + value;
    sums[bin6] = (sums[bin6] ?? 0) + value;
    sums[bin7] = (sums[bin7] ?? 0) + value;
  }
}

/** The same for gradients and hessians in one pass. */
function addBlocks(
  sums: Float64Array,
  hessians: Float64Array,
  data: RowRange & { readonly block: Uint32Array; readonly values: Float64Array; readonly curvatures: Float64Array },
): void {
  const { block, values, curvatures, rows, start, end } = data;
  for (let index = start; index < end; index++) {
    const row = rows[index] ?? 0;
    const value = values[row] ?? 0;
    const curvature = curvatures[row] ?? 0;
    const low = block[2 * row] ?? 0;
    const high = block[2 * row + 1] ?? 0;
    const bin0 = low & 255;
    const bin1 = 256 | ((low >>> 8) & 255);
    const bin2 = 512 | ((low >>> 16) & 255);
    const bin3 = 768 | (low >>> 24);
    const bin4 = 1024 | (high & 255);
    const bin5 = 1280 | ((high >>> 8) & 255);
    const bin6 = 1536 | ((high >>> 16) & 255);
    const bin7 = 1792 | (high >>> 24);
    sums[bin0] = (sums[bin0] ?? 0) + value;
    hessians[bin0] = (hessians[bin0] ?? 0) + curvature;
    sums[bin1] = (sums[bin1] ?? 0) + value;
    hessians[bin1] = (hessians[bin1] ?? 0) + curvature;
    sums[bin2] = (sums[bin2] ?? 0) + value;
    hessians[bin2] = (hessians[bin2] ?? 0) + curvature;
    sums[bin3] = (sums[bin3] ?? 0) + value;
    hessians[bin3] = (hessians[bin3] ?? 0) + curvature;
    sums[bin4] = (sums[bin4] ?? 0) + value;
    hessians[bin4] = (hessians[bin4] ?? 0) + curvature;
    sums[bin5] = (sums[bin5] ?? 0) + value;
    hessians[bin5] = (hessians[bin5] ?? 0) + curvature;
    sums[bin6] = (sums[bin6] ?? 0) + value;
    hessians[bin6] = (hessians[bin6] ?? 0) + curvature;
    sums[bin7] = (sums[bin7] ?? 0) + value;
    hessians[bin7] = (hessians[bin7] ?? 0) + curvature;
  }
}
