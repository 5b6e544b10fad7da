import type { BinnedTable } from "./binning.ts";
import { boostingKernel } from "./boosting-kernel.ts";
import type { Derivatives } from "./boosting-losses.ts";
import { compileKernel, kernelMemory } from "./compile-kernel.ts";

/** The functions of `boosting.wat`, which tells what they take; an array is told by its place in the memory. */
interface Kernel {
  readonly largest: (...numbers: readonly number[]) => number;
  readonly pack: (...numbers: readonly number[]) => void;
  readonly fillBlock: (...numbers: readonly number[]) => void;
  readonly subtract: (...numbers: readonly number[]) => void;
  readonly findSplit: (...numbers: readonly number[]) => number;
  readonly partition: (...numbers: readonly number[]) => void;
  readonly addValue: (...numbers: readonly number[]) => void;
}

/** Sums of packed gradients and of hessians, a pair a bin, 256 bins a feature; the last block's features are filled up to eight. */
export type Histogram = Float64Array;

/** What all trees of one training share: arrays in the memory of the kernel. */
export interface TreeGround {
  readonly kernel: Kernel;
  /** What a search for the best split reads beside a histogram, and what it finds. */
  readonly rules: Float64Array;
  readonly found: { readonly sums: Float64Array; readonly split: Int32Array };
  /** Bins of the rows, an array a feature. */
  readonly columns: readonly Uint8Array[];
  /** The same bins, eight features a block and eight bytes a row, so that one pass over rows fills eight histograms. */
  readonly blocks: readonly Uint8Array[];
  /** All rows in their order, as the root has them. */
  readonly everyRow: Int32Array;
  /** Two more arrays of all rows: a node's rows stand in one, those of its children at the same place in the other. */
  readonly rows: readonly [Int32Array, Int32Array];
  /** Raw scores of the rows and the derivatives by them, of each output. */
  readonly scores: readonly Float64Array[];
  readonly derivatives: readonly Derivatives[];
  /** Packed gradient and hessian of each row, of the output whose tree grows. */
  readonly packed: Float64Array;
  /** Histograms that no leaf holds. */
  readonly spare: Histogram[];
}

export interface GroundSettings {
  /** Bins of values a feature has, without the one for missing values. */
  readonly binCounts: readonly number[];
  /** The score that each output begins with. */
  readonly baseline: readonly number[];
  readonly maxLeaves: number;
}

/** Bytes of eight features' histograms. */
export const blockBytes = 32_768;

const blockFeatures = 8;

/** Bytes before the features' numbers of bins. */
const headBytes = 128;

/** Lays a table out in a kernel's memory. */
export function prepareGround(table: BinnedTable, settings: GroundSettings): TreeGround {
  const { rowCount } = table;
  const { bytes, ...places } = placeArrays(table, settings);
  const memory = kernelMemory(bytes);
  const { exports } = new WebAssembly.Instance<Kernel>(compileKernel(boostingKernel), { kernel: { memory } });
  const { buffer } = memory;
  new Int32Array(buffer, headBytes).set(settings.binCounts);
  const numbers = (place: number, perRow = 1) => new Float64Array(buffer, place, perRow * rowCount);
  const list = (place: number) => new Int32Array(buffer, place, rowCount);
  const ground: TreeGround = {
    kernel: exports,
    rules: new Float64Array(buffer, 0, 5),
    found: { sums: new Float64Array(buffer, 64, 3), split: new Int32Array(buffer, 88, 3) },
    columns: places.columns.map((place) => new Uint8Array(buffer, place, rowCount)),
    blocks: places.blocks.map((place) => new Uint8Array(buffer, place, blockFeatures * rowCount)),
    everyRow: list(places.everyRow),
    rows: [list(places.rows[0]), list(places.rows[1])],
    scores: places.scores.map((place) => numbers(place)),
    derivatives: places.derivatives.map(([gradients, hessians]) => ({
      gradients: numbers(gradients),
      hessians: numbers(hessians).fill(1),
    })),
    packed: numbers(places.packed, 2),
    spare: places.histograms.map((place) => new Float64Array(buffer, place, (places.blocks.length * blockBytes) / 8)),
  };
  fillGround(ground, table, settings);
  return ground;
}

function fillGround(ground: TreeGround, table: BinnedTable, { baseline }: GroundSettings): void {
  for (let row = 0; row < table.rowCount; row++) ground.everyRow[row] = row;
  for (const [output, scores] of ground.scores.entries()) scores.fill(baseline[output] ?? 0);
  for (const [feature, bins] of table.columns.entries()) {
    ground.columns[feature]?.set(bins);
    const block = ground.blocks[Math.floor(feature / blockFeatures)] ?? new Uint8Array();
    const first = feature % blockFeatures;
    for (let row = 0; row < bins.length; row++) block[blockFeatures * row + first] = bins[row] ?? 0;
  }
}

/** Where each array begins, at a multiple of 16 bytes, and how many bytes they take. */
function placeArrays({ columns, rowCount }: BinnedTable, { baseline, maxLeaves }: GroundSettings) {
  let bytes = headBytes;
  const take = (size: number): number => {
    const place = bytes;
    bytes += 16 * Math.ceil(size / 16);
    return place;
  };
  take(4 * columns.length);
  const blockCount = Math.ceil(columns.length / blockFeatures);
  const places = {
    columns: columns.map(() => take(rowCount)),
    blocks: Array.from({ length: blockCount }, () => take(blockFeatures * rowCount)),
    everyRow: take(4 * rowCount),
    rows: [take(4 * rowCount), take(4 * rowCount)] as const,
    scores: baseline.map(() => take(8 * rowCount)),
    derivatives: baseline.map(() => [take(8 * rowCount), take(8 * rowCount)] as const),
    // Rows are packed two at a time.
    packed: take(16 * (rowCount + 1)),
    histograms: Array.from({ length: maxLeaves }, () => take(blockCount * blockBytes)),
  };
  return { ...places, bytes };
}
