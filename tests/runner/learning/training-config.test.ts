import assert from "node:assert/strict";
import { test } from "node:test";

import { algorithmsOf, parseTrainingConfig } from "../../../runner/learning/training-config.ts";

const least = { task: "regression", label: "valence", key: "song_id", group: "artist" };

test("what a configuration leaves out has defaults", () => {
  const config = parseTrainingConfig(least);
  assert.deepEqual(config, {
    ...least,
    categories: [],
    gates: { min_rows: 200, min_gain: 0.01, min_new_rows: 100, metrics: {} },
  });
  assert.ok(!("problems" in config));
  assert.deepEqual(algorithmsOf(config), ["ridge", "boosted_trees"]);
  assert.deepEqual(algorithmsOf({ ...config, task: "binary" }), ["logistic", "boosted_trees"]);
});

const mistakes: readonly (readonly [string, object, readonly string[]])[] = [
  [
    "the target among the features",
    { features: ["energy", "valence"] },
    ["'features.1': 'valence' is the label and cannot be a feature"],
  ],
  [
    "what names or groups rows as a category",
    { categories: ["artist", "song_id"] },
    [
      "'categories.0': 'artist' is the group and cannot be a feature",
      "'categories.1': 'song_id' is the key and cannot be a feature",
    ],
  ],
  [
    "an algorithm for another task",
    { algorithms: ["ridge", "logistic"] },
    ["'algorithms.1': logistic learns binary and multiclass tasks, not a regression one"],
  ],
  ["classes of a regression", { classes: ["low", "high"] }, ["'classes': a regression has no classes"]],
  ["a range upside down", { range: { min: 1, max: 0 } }, ["'range': min must lie below max"]],
  ["a range of classes", { task: "binary", range: { min: 0, max: 1 } }, ["'range': only a regression has a range"]],
  [
    "three classes of a binary task",
    { task: "binary", classes: ["a", "b", "c"] },
    ["'classes': a binary task has 2 classes, not 3"],
  ],
  [
    "a class that comes twice",
    { task: "multiclass", classes: ["a", "b", "a"] },
    ["'classes': a class stands in the list twice"],
  ],
  ["an unknown key", { labels: "valence" }, ['Unrecognized key: "labels"']],
];

for (const [what, more, problems] of mistakes) {
  test(`${what}: refused in one sentence`, () => {
    assert.deepEqual(parseTrainingConfig({ ...least, ...more }), { problems });
  });
}
