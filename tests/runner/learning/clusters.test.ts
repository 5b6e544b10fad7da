import assert from "node:assert/strict";
import { test } from "node:test";

import { adjustedRandIndex } from "../../../runner/learning/algorithms/adjusted-rand-index.ts";
import { chooseClusters } from "../../../runner/learning/algorithms/choose-clusters.ts";
import {
  assignClusters,
  type ClusterModel,
  clusterModelSchema,
  fitClusters,
} from "../../../runner/learning/algorithms/clusters.ts";
import { type FeatureTable, featureTable, takeRows } from "../../../runner/learning/algorithms/feature-table.ts";
import { kMeans } from "../../../runner/learning/algorithms/k-means.ts";
import { matchClusters } from "../../../runner/learning/algorithms/match-clusters.ts";
import { silhouette } from "../../../runner/learning/algorithms/silhouette.ts";
import { prng } from "../../../runner/prng.ts";

const seven = [
  [0, 0],
  [1, 0],
  [0, 1],
  [5, 5],
  [6, 5],
  [5, 7],
  [9, 0],
].map((point) => Float64Array.from(point));

test("k-means finds the three heaps of a plane", () => {
  const { centroids, labels, wcss } = kMeans(seven, { k: 3, seed: "plane" });
  const heap = (index: number): number | undefined => labels[index];
  assert.ok(heap(0) === heap(1) && heap(1) === heap(2));
  assert.ok(heap(3) === heap(4) && heap(4) === heap(5));
  assert.equal(new Set(labels).size, 3);
  assert.deepEqual(centroids[heap(6) ?? -1], Float64Array.of(9, 0));
  // By hand: 2 × (1 − 1/3) within the first heap, 2/3 + 8/3 within the second, nothing in the third.
  assert.ok(Math.abs(wcss - (4 / 3 + 2 / 3 + 8 / 3)) < 1e-12, `${wcss}`);
});

test("as many clusters as points leave no distance, more are refused", () => {
  assert.equal(kMeans(seven, { k: 7, seed: "each" }).wcss, 0);
  assert.throws(() => kMeans(seven, { k: 8, seed: "each" }), RangeError);
});

test("the silhouette is scikit-learn's", () => {
  // scikit-learn 1.9.1: silhouette_score(X, [0, 0, 0, 1, 1, 1, 2])
  const value = silhouette(seven, Int32Array.of(0, 0, 0, 1, 1, 1, 2), { seed: "all" });
  assert.ok(Math.abs(value - 0.6800878362396785) < 1e-12, `${value}`);
});

test("the adjusted Rand index is scikit-learn's", () => {
  // scikit-learn 1.9.1: adjusted_rand_score([0, 0, 1, 1, 2, 2, 2], [0, 0, 1, 2, 2, 2, 1])
  const value = adjustedRandIndex(Int32Array.of(0, 0, 1, 1, 2, 2, 2), Int32Array.of(0, 0, 1, 2, 2, 2, 1));
  assert.ok(Math.abs(value - 0.2125) < 1e-12, `${value}`);
  assert.equal(adjustedRandIndex(Int32Array.of(0, 0, 1), Int32Array.of(5, 5, 3)), 1);
});

/** Points around centres, in turns, so that the rows do not come heap by heap. */
function heaps(centres: readonly (readonly [number, number])[], count: number): FeatureTable {
  const random = prng("heaps");
  const rows = Array.from({ length: count }, (_, index) => {
    const [x, y] = centres[index % centres.length] ?? [0, 0];
    return [random.normal(x, 0.5), random.normal(y, 0.5)] as const;
  });
  return featureTable({ x: rows.map(([x]) => x), y: rows.map(([, y]) => y) });
}

const threeHeaps = heaps(
  [
    [0, 0],
    [6, 0],
    [0, 6],
  ],
  150,
);

test("three heaps are found, and called clear", () => {
  const { model, choice, curve } = fitClusters(threeHeaps, { clusters: [2, 3, 4, 5] }, null);
  assert.equal(choice.k, 3);
  assert.equal(choice.structure, "clear");
  assert.deepEqual(
    curve.map(({ k }) => k),
    [2, 3, 4, 5],
  );
  const numbers = assignClusters(threeHeaps, model);
  assert.ok(numbers.every((number, row) => number === numbers[row % 3]));
});

test("one heap is called weak", () => {
  const { choice } = fitClusters(heaps([[0, 0]], 300), { clusters: [2, 3, 4] }, null);
  assert.equal(choice.structure, "weak");
});

test("a cluster keeps its number when rows come, units change and the seed is another", () => {
  const before = fitClusters(threeHeaps, { clusters: [3] }, null).model;
  const grown = takeRows(threeHeaps, [...Array.from({ length: 150 }, (_, row) => row), 2, 5, 8, 11, 14, 17, 20, 23]);
  const after = fitClusters(grown, { clusters: [3], seed: "other" }, before).model;
  assert.deepEqual(assignClusters(threeHeaps, after), assignClusters(threeHeaps, before));
});

test("without a former model the largest cluster is 0", () => {
  const rows = Array.from({ length: 150 }, (_, row) => row).filter((row) => row % 3 === 1 || row % 2 === 0);
  const table = takeRows(threeHeaps, rows);
  const numbers = assignClusters(table, fitClusters(table, { clusters: [3] }, null).model);
  assert.equal(numbers[rows.findIndex((row) => row % 3 === 1)], 0);
});

test("a model that was written and read back assigns the same", () => {
  const { model } = fitClusters(threeHeaps, { clusters: [3] }, null);
  const again: ClusterModel = clusterModelSchema.parse(JSON.parse(JSON.stringify(model)));
  assert.deepEqual(assignClusters(threeHeaps, again), assignClusters(threeHeaps, model));
});

test("a small value is told from a smaller one when its logarithm is taken", () => {
  const x = Array.from({ length: 60 }, (_, row) => (row % 2 === 0 ? 0.0001 * (row + 1) : 0.5 + 0.005 * row));
  const { model } = fitClusters(featureTable({ x }), { clusters: [2], logged: ["x"] }, null);
  const mean = x.reduce((sum, value) => sum + Math.log(value + 0.01), 0) / 60;
  assert.ok(Math.abs((model.means[0] ?? 0) - mean) < 1e-12);
});

test("rows without a value are refused", () => {
  const table = featureTable({ x: [1, Number.NaN, 3, 4] });
  assert.throws(() => fitClusters(table, {}, null), {
    message: "The feature 'x' has no value to cluster by in row 2.",
  });
});

test("the choice is the k farthest above shuffled columns, without tiny or unstable clusters", () => {
  const one = { wcss: 1, smallestShare: 0.2, bootstrapAri: 0.9 };
  const tiny = { ...one, k: 2, silhouette: 0.44, shuffledSilhouette: 0.1, smallestShare: 0.049 };
  const near = { ...one, k: 3, silhouette: 0.3, shuffledSilhouette: 0.25 };
  const far = { ...one, k: 4, silhouette: 0.28, shuffledSilhouette: 0.11 };
  const unstable = { ...one, k: 5, silhouette: 0.5, shuffledSilhouette: 0.1, bootstrapAri: 0.69 };
  const low = { ...far, silhouette: 0.18 };
  assert.deepEqual(chooseClusters([tiny, near, far, unstable]), {
    k: 4,
    structure: "clear",
    reason: "silhouette 0.28 against 0.11 for shuffled columns, bootstrap ARI 0.90",
  });
  assert.equal(chooseClusters([tiny, low])?.structure, "weak");
  assert.deepEqual([chooseClusters([unstable])?.k, chooseClusters([unstable])?.structure], [5, "weak"]);
  const tinier = { ...tiny, k: 3, smallestShare: 0.01 };
  assert.deepEqual(chooseClusters([tinier, tiny]), {
    k: 2,
    structure: "weak",
    reason: "silhouette 0.44 against 0.10 for shuffled columns, bootstrap ARI 0.90, a cluster of only 4.9 %",
  });
  assert.equal(chooseClusters([]), null);
});

test("numbers pass to the nearest centroids, new clusters take the smallest free ones", () => {
  const former = [
    { number: 0, centroid: Float64Array.of(0) },
    { number: 4, centroid: Float64Array.of(10) },
  ];
  const centroids = [Float64Array.of(20), Float64Array.of(9), Float64Array.of(1), Float64Array.of(30)];
  assert.deepEqual(matchClusters(centroids, former), [1, 4, 0, 2]);
});
