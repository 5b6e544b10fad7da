import type { FeatureTable } from "./feature-table.ts";

/** Bins of values a feature has at most; one more, `missingBin`, holds the rows without a value. */
const valueBins = 255;

/** The bin of rows that have no value. */
export const missingBin = 255;

/** Features as bins of one byte, an array a feature. */
export interface BinnedTable {
  readonly columns: readonly Uint8Array[];
  readonly rowCount: number;
}

/**
 * The rising edges between bins, for each feature: a value lies in the bin of the first edge that is not below it.
 * Between all distinct values where there are at most 255, otherwise at 254 quantiles, as in scikit-learn's
 * HistGradientBoosting, always half-way between two values.
 */
export function fitBinEdges(features: FeatureTable): readonly (readonly number[])[] {
  return features.columns.map((column) => {
    const sorted = column.toSorted();
    const firstMissing = sorted.findIndex(Number.isNaN);
    const present = firstMissing === -1 ? sorted : sorted.subarray(0, firstMissing);
    const edges = distinctEdges(present);
    return edges.length < valueBins ? edges : quantileEdges(present);
  });
}

/** The features by bins with these edges. */
export function binFeatures(features: FeatureTable, edges: readonly (readonly number[])[]): BinnedTable {
  const { rowCount } = features;
  const columns = features.columns.map((column, feature) => {
    const featureEdges = new Float64Array(valueBins).fill(Infinity);
    featureEdges.set(edges[feature] ?? []);
    const bins = new Uint8Array(rowCount);
    for (let row = 0; row < rowCount; row++) bins[row] = binOf(column[row] ?? Number.NaN, featureEdges);
    return bins;
  });
  return { columns, rowCount };
}

/** The bin of a value among 255 rising edges, the last of them infinite: eight halvings without a branch to guess. */
function binOf(value: number, edges: Float64Array): number {
  if (Number.isNaN(value)) return missingBin;
  let bin = 0;
  for (let step = 128; step > 0; step >>= 1) bin += Number((edges[bin + step - 1] ?? 0) < value) * step;
  return bin;
}

/** An edge between each two neighbours that differ; stops where there are too many. */
function distinctEdges(sorted: Float64Array): readonly number[] {
  const edges: number[] = [];
  for (let index = 1; index < sorted.length && edges.length < valueBins; index++) {
    const lower = sorted[index - 1] ?? 0;
    const upper = sorted[index] ?? 0;
    if (lower < upper) edges.push(between(lower, upper));
  }
  return edges;
}

function quantileEdges(sorted: Float64Array): readonly number[] {
  const edges: number[] = [];
  for (let quantile = 1; quantile < valueBins; quantile++) {
    const position = (quantile / valueBins) * (sorted.length - 1);
    const lower = sorted[Math.floor(position)] ?? 0;
    const edge = between(lower, sorted[Math.ceil(position)] ?? lower);
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  return edges;
}

/** Half-way, but never the upper of two different values: neighbouring doubles have nothing between them. */
function between(lower: number, upper: number): number {
  const middle = lower / 2 + upper / 2;
  return middle < upper ? middle : lower;
}
