import assert from "node:assert/strict";
import { test } from "node:test";

import { softmax } from "../../../runner/learning/algorithms/softmax.ts";
import { prng } from "../../../runner/prng.ts";

test("probabilities are the powers of e of scores, as shares of their sum", () => {
  const random = prng("scores");
  for (const spread of [1e-9, 0.3, 1, 30, 600]) {
    const scores = [0, 1, 2].map(() => Float64Array.from({ length: 1501 }, () => spread * random.uniform()));
    const probabilities = softmax(scores);
    for (let row = 0; row < 1501; row++) {
      const highest = Math.max(...scores.map((output) => output[row] ?? 0));
      const powers = scores.map((output) => Math.exp((output[row] ?? 0) - highest));
      const total = powers.reduce((sum, power) => sum + power, 0);
      for (const [one, power] of powers.entries()) {
        const expected = power / total;
        const error = Math.abs((probabilities[one]?.[row] ?? 0) - expected);
        assert.ok(error <= 2 ** -52 * expected, `spread ${spread}, row ${row}, class ${one}`);
      }
    }
  }
});

test("scores too far apart for a power of e leave nothing but the highest", () => {
  const probabilities = softmax([Float64Array.of(0, 1e9), Float64Array.of(-5000, -1e9)]);
  assert.deepEqual(probabilities[0], Float64Array.of(1, 1));
  assert.ok(probabilities[1]?.every((probability) => probability > 0 && probability < 1e-300));
});
