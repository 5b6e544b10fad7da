import { addTreesKernel } from "./add-trees-kernel.ts";
import { type BinnedTable, missingBin } from "./binning.ts";
import { compileKernel, kernelMemory } from "./compile-kernel.ts";
import type { Tree } from "./tree.ts";

/** Leaves a tree may have, so that a set of leaves fits 32 bits. */
export const mostLeaves = 32;

/** Rows scored together, a multiple of 16: their bins stay in the processor's cache while tree after tree passes. */
const stripRows = 2048;

/** Bytes of a tree, and in it the places of its leaves' values and of its questions, as `add-trees.wat` reads them. */
const treeBytes = 768;
const valuesAt = 16;
const questionsAt = 272;
const questionBytes = 16;

/** Bytes at the beginning of the memory that the kernel writes to. */
const scratchBytes = 64;

interface Exports {
  /** Takes where the trees begin and end, where the bins begin, the number of rows, and where their scores begin. */
  readonly addTrees: (...places: readonly number[]) => void;
}

/** What adds the leaf values of trees to the scores of all rows of a table, in the order of the trees. */
export function scorerOver({ columns, rowCount }: BinnedTable, mostTrees: number) {
  const stride = Math.min(stripRows, 16 * Math.ceil(rowCount / 16));
  const columnsAt = scratchBytes + mostTrees * treeBytes;
  const scoresAt = columnsAt + 8 * Math.ceil((columns.length * stride) / 8);
  const memory = kernelMemory(scoresAt + 8 * stride);
  const { exports } = new WebAssembly.Instance<Exports>(compileKernel(addTreesKernel), { kernel: { memory } });
  const { buffer } = memory;
  const bins = new Uint8Array(buffer);
  return (trees: readonly Tree[], scores: Float64Array): void => {
    if (trees.length === 0) return;
    for (const [index, tree] of trees.entries()) {
      writeTree(tree, new DataView(buffer, scratchBytes + index * treeBytes, treeBytes), stride);
    }
    for (let start = 0; start < rowCount; start += stripRows) {
      const end = Math.min(start + stripRows, rowCount);
      const strip = new Float64Array(buffer, scoresAt, end - start);
      strip.set(scores.subarray(start, end));
      for (const [feature, column] of columns.entries())
        bins.set(column.subarray(start, end), columnsAt + feature * stride);
      exports.addTrees(scratchBytes, scratchBytes + trees.length * treeBytes, columnsAt, end - start, scoresAt);
      scores.set(strip, start);
    }
  };
}

/** Writes a tree as the kernel reads it: each question with the leaves that are possible still when it goes right. */
function writeTree(tree: Tree, into: DataView, stride: number): void {
  const below = leavesBelow(tree);
  let question = questionsAt;
  for (const [node, feature] of tree.feature.entries()) {
    if (feature < 0) {
      into.setFloat64(valuesAt + 8 * (31 - Math.clz32(below[node] ?? 1)), tree.value[node] ?? 0, true);
      continue;
    }
    const turn = tree.missingLeft[node] === true ? 1 : 0;
    into.setInt32(question, feature * stride, true);
    into.setUint8(question + 4, turn);
    into.setUint8(question + 5, Math.min((tree.bin[node] ?? 0) + turn, missingBin - 1 + turn));
    into.setInt32(question + 8, ~(below[tree.left[node] ?? 0] ?? 0), true);
    question += questionBytes;
  }
  into.setInt32(0, question, true);
}

/** The leaves below each node as bits, from left to right from the lowest; children come after their parent. */
function leavesBelow({ feature, left, right }: Tree): Int32Array {
  const below = new Int32Array(feature.length);
  const counts = feature.map(() => 1);
  for (let node = feature.length - 1; node >= 0; node--) {
    if ((feature[node] ?? -1) >= 0) counts[node] = (counts[left[node] ?? 0] ?? 0) + (counts[right[node] ?? 0] ?? 0);
  }
  const first = feature.map(() => 0);
  for (const [node, asked] of feature.entries()) {
    const start = first[node] ?? 0;
    below[node] = (-1 >>> (mostLeaves - (counts[node] ?? 1))) << start;
    if (asked < 0) continue;
    const [toLeft, toRight] = [left[node] ?? 0, right[node] ?? 0];
    first[toLeft] = start;
    first[toRight] = start + (counts[toLeft] ?? 0);
  }
  return below;
}
