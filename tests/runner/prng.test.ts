import assert from "node:assert/strict";
import { test } from "node:test";

import { prng } from "../../runner/prng.ts";

/** FNV-1a and mulberry32 as they were published, in whole numbers without a size, cut to 32 bits by hand. */
function reference(seed: string, count: number): readonly number[] {
  const cut = (value: bigint): bigint => BigInt.asUintN(32, value);
  let state = 2166136261n;
  for (const letter of seed) state = cut((state ^ BigInt(letter.charCodeAt(0))) * 16777619n);
  return Array.from({ length: count }, () => {
    state = cut(state + 0x6d2b79f5n);
    let mixed = cut((state ^ (state >> 15n)) * (state | 1n));
    mixed = cut(mixed ^ (mixed + cut((mixed ^ (mixed >> 7n)) * (mixed | 61n))));
    return Number(cut(mixed ^ (mixed >> 14n))) / 2 ** 32;
  });
}

test("a seed gives the numbers of the published algorithms", () => {
  const random = prng("kettle");
  assert.deepEqual(
    Array.from({ length: 50 }, () => random.uniform()),
    reference("kettle", 50),
  );
});

test("a fork is a source of its own, whatever was drawn before it", () => {
  const random = prng("kettle");
  random.uniform();
  assert.equal(random.fork("lid").uniform(), reference("kettle/lid", 1)[0]);
});

test("items come in proportion to their weights, and never with a weight of 0", () => {
  const random = prng("weights");
  const counts = { rare: 0, common: 0, never: 0 };
  for (let count = 0; count < 10_000; count++) {
    counts[
      random.weighted([
        ["rare", 1],
        ["never", 0],
        ["common", 3],
      ] as const)
    ]++;
  }
  assert.equal(counts.never, 0);
  assert.ok(Math.abs(counts.rare - 2500) < 200, `${counts.rare} of 2500`);
});

test("whole numbers reach both ends and nothing beyond", () => {
  const random = prng("ends");
  const drawn = new Set(Array.from({ length: 1000 }, () => random.integer(3, 6)));
  assert.deepEqual(drawn, new Set([3, 4, 5, 6]));
});

test("shuffling keeps every item once", () => {
  const items = Array.from({ length: 100 }, (_, index) => index);
  const shuffled = prng("cards").shuffled(items);
  assert.notDeepEqual(shuffled, items);
  assert.deepEqual(
    shuffled.toSorted((left, right) => left - right),
    items,
  );
});

test("normal numbers have the mean and the deviation asked for", () => {
  const random = prng("bell");
  const drawn = Array.from({ length: 20_000 }, () => random.normal(10, 2));
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
  const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
  assert.ok(Math.abs(mean - 10) < 0.05, `mean ${mean}`);
  assert.ok(Math.abs(Math.sqrt(variance) - 2) < 0.05, `deviation ${Math.sqrt(variance)}`);
});

test("an empty list is an error, not an item", () => {
  assert.throws(() => prng("nothing").pick([]), RangeError);
});
