import assert from "node:assert/strict";
import { test } from "node:test";

import {
  encodeTargets,
  fitTargetEncoding,
  targetEncodingSchema,
} from "../../../runner/learning/algorithms/target-encoding.ts";

test("a category becomes the mean of its labels, drawn towards the mean of all", () => {
  // Overall 3; rock (2 + 4 + 1 × 3) / (2 + 1), jazz (3 + 1 × 3) / (1 + 1).
  const encoding = fitTargetEncoding(["rock", "jazz", "rock"], [2, 3, 4], 1);
  assert.deepEqual(encoding, {
    overall: 3,
    means: [
      ["jazz", 3],
      ["rock", 3],
    ],
  });
  const uneven = fitTargetEncoding(["rock", "jazz", "rock"], [0, 9, 3], 2);
  assert.deepEqual(encodeTargets(["rock", "jazz", "polka"], uneven), Float64Array.of((3 + 8) / 4, (9 + 8) / 3, 4));
});

test("without smoothing it is the plain mean, and the order of rows says nothing", () => {
  const forwards = fitTargetEncoding(["b", "a", "b"], [1, 5, 3], 0);
  assert.deepEqual(forwards.means, [
    ["a", 5],
    ["b", 2],
  ]);
  assert.deepEqual(fitTargetEncoding(["b", "a", "b"], [3, 5, 1], 0), forwards);
});

test("an encoding that was written and read back encodes the same", () => {
  const encoding = fitTargetEncoding(["x", "y", "x"], [0.1, 0.7, 0.3]);
  const again = targetEncodingSchema.parse(JSON.parse(JSON.stringify(encoding)));
  assert.deepEqual(encodeTargets(["x", "y", "z"], again), encodeTargets(["x", "y", "z"], encoding));
});
