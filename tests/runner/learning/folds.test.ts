import assert from "node:assert/strict";
import { test } from "node:test";

import { featureTable } from "../../../runner/learning/algorithms/feature-table.ts";
import { groupedFolds, groupSplit, timeHoldout } from "../../../runner/learning/algorithms/folds.ts";
import { findObstacles, indexClasses } from "../../../runner/learning/algorithms/training-set.ts";

const artists = Array.from({ length: 3000 }, (_, row) => `artist ${(row * 7) % 600}`);

test("every row is held out in exactly one fold, with all rows of its group", () => {
  const folds = groupedFolds(artists, 5, "songs");
  const heldOut = folds.flatMap(({ holdout }) => Array.from(holdout));
  assert.deepEqual(
    heldOut.toSorted((left, right) => left - right),
    Array.from(artists.keys()),
  );
  for (const { training, holdout } of folds) {
    assert.equal(training.length + holdout.length, artists.length);
    const trainedOn = new Set(Array.from(training, (row) => artists[row]));
    assert.ok(Array.from(holdout, (row) => artists[row]).every((artist) => !trainedOn.has(artist)));
    assert.ok(Math.abs(holdout.length - 600) < 150, `${holdout.length} rows`);
  }
});

test("a group keeps its side when other groups come or rows change places", () => {
  const heldOut = (groups: readonly string[]): ReadonlySet<string> => {
    const { holdout } = groupSplit(groups, 0.2, "songs");
    return new Set(Array.from(holdout, (row) => groups[row] ?? ""));
  };
  const before = heldOut(artists);
  const after = heldOut([...artists.toReversed(), "newcomer 1", "newcomer 2"]);
  assert.deepEqual(
    [...before].filter((artist) => !after.has(artist)),
    [],
  );
  assert.deepEqual(
    [...after].filter((artist) => !before.has(artist) && !artist.startsWith("newcomer")),
    [],
  );
  assert.ok(before.size > 80 && before.size < 160, `${before.size} of 600 artists`);
});

const day = 86_400_000;

test("the newest fifth is held out, whatever the order of the rows", () => {
  const times = [9, 1, 2, 3, 4, 5, 6, 7, 8, 10].map((days) => days * day);
  assert.deepEqual(timeHoldout(times), {
    training: Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    holdout: Int32Array.of(0, 9),
  });
});

test("no row older than 90 days before the newest is held out", () => {
  const times = Array.from({ length: 1000 }, (_, index) => index * day);
  assert.deepEqual(
    timeHoldout(times).holdout,
    Int32Array.from({ length: 91 }, (_, index) => 909 + index),
  );
});

test("rows of one moment are not torn apart", () => {
  assert.deepEqual(timeHoldout([1, 1, 2, 2, 2]).holdout, Int32Array.of());
  assert.deepEqual(timeHoldout([1, 1, 1, 1, 2]).holdout, Int32Array.of(4));
});

test("what makes a set hopeless is told all at once, unless more rows may mend it", () => {
  const features = featureTable({ tempo: [Number.NaN, Number.NaN], energy: [1, 2] });
  assert.deepEqual(findObstacles({ features, labels: Float64Array.of(0.5, 0.5) }, 100), [
    "There are 2 rows to learn from; at least 100 are needed.",
  ]);
  assert.deepEqual(findObstacles({ features, labels: Int32Array.of(1, 1), classes: ["no", "yes"] }, 2), [
    "All 2 rows are of one class, 'yes': nothing to learn.",
    "The feature 'tempo' has no value in any row.",
  ]);
  assert.deepEqual(findObstacles({ features: featureTable({ x: [1, 2] }), labels: Float64Array.of(1, 2) }, 2), []);
});

test("labels become indexes of their classes, a label of none is refused", () => {
  assert.deepEqual(indexClasses(["b", "a"], ["a", "b"]), Int32Array.of(1, 0));
  assert.throws(() => indexClasses(["a", "c"], ["a", "b"]), { message: "The label of row 2 is 'c', none of a, b." });
});
