import type { PackedSums } from "./packed-gradients.ts";
import { blockBytes, type Histogram, type TreeGround } from "./tree-ground.ts";

/** Rows of one node: a stretch of the array that holds all rows, node by node. */
export interface RowRange {
  readonly rows: Int32Array;
  readonly start: number;
  readonly end: number;
}

/** The histogram of a node's rows. */
export function fillHistogram(ground: TreeGround, { rows, start, end }: RowRange): Histogram {
  const histogram = ground.spare.pop();
  if (histogram === undefined) throw new Error("There are more leaves than histograms.");
  const { kernel, blocks, packed } = ground;
  const [first, last] = [rows.byteOffset + 4 * start, rows.byteOffset + 4 * end];
  for (const [index, block] of blocks.entries()) {
    kernel.fillBlock(histogram.byteOffset + index * blockBytes, block.byteOffset, packed.byteOffset, first, last);
  }
  return histogram;
}

/** Turns a parent's histogram into that of the child that is not `child`. */
export function subtractHistogram({ kernel }: TreeGround, parent: Histogram, child: Histogram): void {
  kernel.subtract(parent.byteOffset, child.byteOffset, parent.byteOffset + parent.byteLength);
}

/** The sums over all bins of the first feature, which are those of all rows. */
export function sumRows(histogram: Histogram): PackedSums {
  let packed = 0;
  let hessian = 0;
  for (let index = 0; index < 512; index += 2) {
    packed += histogram[index] ?? 0;
    hessian += histogram[index + 1] ?? 0;
  }
  return { packed, hessian };
}
