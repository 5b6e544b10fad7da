import { findBestSplit, setRules, type Split, type SplitRules } from "./best-split.ts";
import { fillHistogram, type RowRange, subtractHistogram, sumRows } from "./histogram.ts";
import { type PackedSums, unpackSums } from "./packed-gradients.ts";
import type { Tree } from "./tree.ts";
import type { Histogram, TreeGround } from "./tree-ground.ts";

/** When and how far a tree grows. */
export interface TreeRules extends SplitRules {
  readonly maxLeaves: number;
  readonly learningRate: number;
}

/** A tree, and the rows of each leaf, until the next tree grows on the same ground. */
export interface GrownTree {
  readonly tree: Tree;
  readonly leaves: readonly (RowRange & { readonly value: number })[];
}

interface Leaf extends RowRange {
  readonly node: number;
  readonly sums: PackedSums;
  readonly histogram: Histogram | null;
  readonly split: Split | null;
}

interface Nodes {
  readonly feature: number[];
  readonly bin: number[];
  readonly missingLeft: boolean[];
  readonly left: number[];
  readonly right: number[];
  readonly value: number[];
}

/** Grows a tree leaf by leaf, always at the split that lowers the loss most, until no split helps or it is full. */
export function growTree(ground: TreeGround, rules: TreeRules): GrownTree {
  const nodes: Nodes = { feature: [], bin: [], missingLeft: [], left: [], right: [], value: [] };
  setRules(ground, rules);
  const leaves = [plantRoot(nodes, ground, rules)];
  while (leaves.length < rules.maxLeaves) {
    const next = mostGain(leaves);
    const leaf = leaves[next];
    if (leaf === undefined) break;
    const isLast = leaves.length + 1 === rules.maxLeaves;
    leaves.splice(next, 1, ...splitLeaf(leaf, nodes, { ground, rules, isLast }));
  }
  return {
    tree: nodes,
    leaves: leaves.map((leaf) => {
      if (leaf.histogram !== null) ground.spare.push(leaf.histogram);
      const value = leafValue(leaf.sums, rules) * rules.learningRate;
      nodes.value[leaf.node] = value;
      return { rows: leaf.rows, start: leaf.start, end: leaf.end, value };
    }),
  };
}

function plantRoot(nodes: Nodes, ground: TreeGround, rules: TreeRules): Leaf {
  const range = { rows: ground.everyRow, start: 0, end: ground.everyRow.length };
  const histogram = fillHistogram(ground, range);
  const sums = sumRows(histogram);
  const split = findBestSplit(ground, { histogram, sums }, rules);
  return { ...range, node: addNode(nodes), sums, histogram, split };
}

/** The index of the leaf to split next, of equal ones the first; −1 when none can be split. */
function mostGain(leaves: readonly Leaf[]): number {
  let best = -1;
  let bestGain = 0;
  for (const [index, { split }] of leaves.entries()) {
    if (split === null || split.gain <= bestGain) continue;
    bestGain = split.gain;
    best = index;
  }
  return best;
}

interface SplitWork {
  readonly ground: TreeGround;
  readonly rules: TreeRules;
  /** The tree is full afterwards, so nobody will ask how the children could be split. */
  readonly isLast: boolean;
}

function splitLeaf(leaf: Leaf, nodes: Nodes, work: SplitWork): readonly Leaf[] {
  const { split, sums } = leaf;
  if (split === null) return [leaf];
  const middle = leaf.start + unpackSums(work.rules.units, split.left).count;
  const [rows, otherRows] = work.ground.rows;
  const into = leaf.rows === rows ? otherRows : rows;
  partition(leaf, split, { ground: work.ground, into, middle });
  const children = [
    { start: leaf.start, end: middle, sums: split.left },
    { start: middle, end: leaf.end, sums: less(sums, split.left) },
  ].map((child) => ({ ...child, rows: into, node: addNode(nodes) }));
  nodes.feature[leaf.node] = split.feature;
  nodes.bin[leaf.node] = split.bin;
  nodes.missingLeft[leaf.node] = split.missingLeft;
  nodes.left[leaf.node] = children[0]?.node ?? 0;
  nodes.right[leaf.node] = children[1]?.node ?? 0;
  const [left, right] = children;
  const histograms =
    work.isLast || left === undefined || right === undefined
      ? dropHistogram(leaf, work.ground)
      : childHistograms(leaf, [left, right], work);
  return children.map((child, index) => {
    const histogram = histograms[index] ?? null;
    const isTooSmall = child.end - child.start < 2 * work.rules.minLeafRows;
    const next =
      histogram === null || isTooSmall ? null : findBestSplit(work.ground, { histogram, sums: child.sums }, work.rules);
    return { ...child, histogram, split: next };
  });
}

function dropHistogram(leaf: Leaf, ground: TreeGround): readonly null[] {
  if (leaf.histogram !== null) ground.spare.push(leaf.histogram);
  return [];
}

/** Only the smaller child's rows are counted; what is left of the parent is the other's. */
function childHistograms(
  { histogram: parent }: Leaf,
  [left, right]: readonly [RowRange, RowRange],
  { ground }: SplitWork,
): readonly (Histogram | null)[] {
  if (parent === null) return [null, null];
  const leftIsSmaller = left.end - left.start <= right.end - right.start;
  const smaller = fillHistogram(ground, leftIsSmaller ? left : right);
  subtractHistogram(ground, parent, smaller);
  return leftIsSmaller ? [smaller, parent] : [parent, smaller];
}

interface Parting {
  readonly ground: TreeGround;
  readonly into: Int32Array;
  /** Where the rows that go right begin. */
  readonly middle: number;
}

/** Writes a leaf's rows to the same stretch of the other array, those that go left first, both sides in their old order. */
function partition({ rows, start, end }: RowRange, split: Split, { ground, into, middle }: Parting): void {
  const turn = split.missingLeft ? 1 : 0;
  ground.kernel.partition(
    ground.columns[split.feature]?.byteOffset ?? 0,
    turn,
    split.bin + turn,
    rows.byteOffset + 4 * start,
    rows.byteOffset + 4 * end,
    into.byteOffset + 4 * start,
    into.byteOffset + 4 * middle,
  );
}

function addNode(nodes: Nodes): number {
  nodes.feature.push(-1);
  nodes.bin.push(0);
  nodes.missingLeft.push(false);
  nodes.left.push(0);
  nodes.right.push(0);
  return nodes.value.push(0) - 1;
}

function less(whole: PackedSums, part: PackedSums): PackedSums {
  return { packed: whole.packed - part.packed, hessian: whole.hessian - part.hessian };
}

function leafValue(sums: PackedSums, rules: TreeRules): number {
  const { gradient, hessian } = unpackSums(rules.units, sums);
  const divisor = hessian + rules.l2;
  return divisor > 0 ? -gradient / divisor : 0;
}
