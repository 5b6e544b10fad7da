import assert from "node:assert/strict";
import { test } from "node:test";

import { boostedTreesClassifier, boostedTreesRegressor } from "../../../runner/learning/algorithms/boosted-trees.ts";
import { featureTable, takeNumbers, takeRows } from "../../../runner/learning/algorithms/feature-table.ts";
import { prng } from "../../../runner/prng.ts";

const rowCount = 400;
const indexes = Array.from({ length: rowCount }, (_, index) => index);
const first = indexes.map((index) => ((index * 37) % 101) / 100);
const second = indexes.map((index) => ((index * 53) % 97) / 96);
const secondKnown = second.map((value, index) => (index % 7 === 0 ? Number.NaN : value));
const labels = Float64Array.from(indexes, (index) => {
  const x1 = first[index] ?? 0;
  return (x1 > 0.5 ? 2 : 0) + 3 * x1 * (second[index] ?? 0) + (index % 7 === 0 ? 1.5 : 0);
});
const features = featureTable({ x1: first, x2: secondKnown });
const questions = featureTable({ x1: [0.1, 0.55, 0.9, 0.3, 0], x2: [0.9, 0.2, Number.NaN, 0.5, 1] });
const plain = { validationShare: 0, minLeafRows: 5 };

function assertNear(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (const [index, value] of expected.entries()) {
    const got = actual[index] ?? Number.NaN;
    assert.ok(Math.abs(got - value) <= tolerance, `${index}: ${got} is not ${value}`);
  }
}

/** What scikit-learn 1.9.1 predicts, which sums in single precision, on the same rows with max_iter, learning_rate etc. as here. */
const scikitLearn = {
  regression: [0.2823376402641761, 2.3230966491593894, 5.006052624146332, 0.49120355901946866, 0.08878143934251097],
  binary: [0.09085953722874977, 0.3217109232843571, 0.8504513661608507, 0.09085953722874977, 0.09085953722874977],
  multinomial: [
    [0.9157105256602031, 0.060959413079689176, 0.06595211175396826, 0.9157105256602031, 0.9157105256602031],
    [0.05135569295600923, 0.9044630329242502, 0.058286119302521346, 0.05135569295600923, 0.05135569295600926],
    [0.03293378138378765, 0.034577553996060516, 0.8757617689435103, 0.03293378138378763, 0.03293378138378765],
  ],
};

test("a regression predicts what HistGradientBoostingRegressor predicts", () => {
  const settings = { ...plain, rounds: 20, learningRate: 0.2 };
  const model = boostedTreesRegressor.fit({ features, labels }, settings);
  assertNear(boostedTreesRegressor.load(model)(questions), scikitLearn.regression, 2e-5);
});

test("two classes get the probabilities of HistGradientBoostingClassifier", () => {
  const isHigh = Int32Array.from(labels, (label, row) => (label + ((row * 71) % 13) / 6 > 3.5 ? 1 : 0));
  const set = { features, labels: isHigh, classes: ["low", "high"] };
  const model = boostedTreesClassifier.fit(set, { ...plain, rounds: 15, l2: 1 });
  const [low, high] = boostedTreesClassifier.load(model)(questions);
  assertNear(high ?? [], scikitLearn.binary, 2e-5);
  assertNear(
    low ?? [],
    scikitLearn.binary.map((one) => 1 - one),
    2e-5,
  );
});

test("three classes get the probabilities of HistGradientBoostingClassifier", () => {
  const level = Int32Array.from(labels, (label) => (label >= 3.5 ? 2 : label >= 1.5 ? 1 : 0));
  const set = { features, labels: level, classes: ["low", "middle", "high"] };
  const model = boostedTreesClassifier.fit(set, { ...plain, rounds: 10 });
  const probabilities = boostedTreesClassifier.load(model)(questions);
  for (const [index, expected] of scikitLearn.multinomial.entries()) {
    assertNear(probabilities[index] ?? [], expected, 2e-5);
  }
});

test("one round of two leaves is the best cut by hand", () => {
  // Cut at 2.5 the sides have means 1 and 7; with a learning rate of 0.5 half of the way from the mean, 4, is gone.
  const set = { features: featureTable({ x: [1, 2, 3, 4] }), labels: Float64Array.of(0, 2, 6, 8) };
  const model = boostedTreesRegressor.fit(set, {
    rounds: 1,
    maxLeaves: 2,
    minLeafRows: 1,
    learningRate: 0.5,
    validationShare: 0,
  });
  assert.deepEqual(model, {
    algorithm: "boosted_trees",
    features: ["x"],
    edges: [[1.5, 2.5, 3.5]],
    baseline: [4],
    rounds: [
      [
        {
          feature: [0, -1, -1],
          bin: [1, 0, 0],
          missingLeft: [false, false, false],
          left: [1, 0, 0],
          right: [2, 0, 0],
          value: [0, -1.5, 1.5],
        },
      ],
    ],
  });
});

test("rows without a value go to the side where they lower the loss", () => {
  const x = [1, 2, 3, 4, Number.NaN, Number.NaN];
  const settings = { rounds: 1, maxLeaves: 2, minLeafRows: 1, learningRate: 1, validationShare: 0 };
  for (const [missing, expected] of [
    [0, [0, 0, 9, 9, 0]],
    [9, [0, 0, 9, 9, 9]],
  ] as const) {
    const labelled = Float64Array.of(0, 0, 9, 9, missing, missing);
    const score = boostedTreesRegressor.load(
      boostedTreesRegressor.fit({ features: featureTable({ x }), labels: labelled }, settings),
    );
    assertNear(score(featureTable({ x: [1, 2, 3, 4, Number.NaN] })), expected, 1e-9);
  }
});

test("missing values alone can make the cut", () => {
  const x = [5, 5, 5, Number.NaN, Number.NaN, Number.NaN];
  const settings = { rounds: 1, minLeafRows: 1, learningRate: 1, validationShare: 0 };
  const set = { features: featureTable({ x }), labels: Float64Array.of(1, 1, 1, 4, 4, 4) };
  const score = boostedTreesRegressor.load(boostedTreesRegressor.fit(set, settings));
  assertNear(score(featureTable({ x: [5, Number.NaN, 7] })), [1, 4, 1], 1e-9);
});

test("a value never missing in training goes with the larger side when it is missing", () => {
  const set = { features: featureTable({ x: [1, 2, 2, 2] }), labels: Float64Array.of(0, 8, 8, 8) };
  const settings = { rounds: 1, minLeafRows: 1, learningRate: 1, validationShare: 0 };
  const score = boostedTreesRegressor.load(boostedTreesRegressor.fit(set, settings));
  assertNear(score(featureTable({ x: [Number.NaN] })), [8], 1e-9);
});

test("the order of the rows changes nothing, to the last bit", () => {
  const order = prng("rows").shuffled(indexes);
  const groups = indexes.map((index) => `artist ${index % 40}`);
  const settings = { rounds: 40, minLeafRows: 5, validationShare: 0.3 };
  const model = boostedTreesRegressor.fit({ features, labels: labels.map(Math.round), groups }, settings);
  const shuffled = {
    features: takeRows(features, order),
    labels: takeNumbers(labels.map(Math.round), order),
    groups: order.map((index) => `artist ${index % 40}`),
  };
  assert.deepEqual(boostedTreesRegressor.fit(shuffled, settings), model);
});

test("a rising transform of a feature leaves the predictions for the rows trained on", () => {
  const bent = featureTable({
    x1: first.map((value) => Math.exp(5 * value)),
    x2: secondKnown.map((value) => value ** 3 - 7),
  });
  const settings = { ...plain, rounds: 25 };
  const straightScores = boostedTreesRegressor.load(boostedTreesRegressor.fit({ features, labels }, settings))(
    features,
  );
  const bentScores = boostedTreesRegressor.load(boostedTreesRegressor.fit({ features: bent, labels }, settings))(bent);
  assert.deepEqual(bentScores, straightScores);
});

test("a model that was written and read back predicts the same", () => {
  const model = boostedTreesRegressor.fit({ features, labels }, { ...plain, rounds: 30 });
  const again: unknown = JSON.parse(JSON.stringify(model));
  assert.deepEqual(boostedTreesRegressor.load(again)(questions), boostedTreesRegressor.load(model)(questions));
});

test("scores are the sums of the leaves that each row walks to", () => {
  const random = prng("walk");
  const names = Array.from({ length: 19 }, (_, index) => `x${index}`);
  const columns = Object.fromEntries(
    names.map((name) => [
      name,
      Array.from({ length: 600 }, () => (random.chance(0.1) ? Number.NaN : random.integer(0, 30))),
    ]),
  );
  const table = featureTable(columns);
  const target = Float64Array.from({ length: 600 }, (_, row) =>
    table.columns.reduce(
      (sum, column, index) => sum + (Number.isNaN(column[row]) ? 3 : (column[row] ?? 0)) * (index % 4),
      0,
    ),
  );
  const model = boostedTreesRegressor.fit(
    { features: table, labels: target },
    { rounds: 12, minLeafRows: 3, validationShare: 0 },
  );
  const walked = Array.from({ length: 600 }, (_, row) => {
    let score = model.baseline[0] ?? 0;
    for (const [tree] of model.rounds) {
      if (tree === undefined) continue;
      let node = 0;
      while ((tree.feature[node] ?? -1) >= 0) {
        const feature = tree.feature[node] ?? 0;
        const value = table.columns[feature]?.[row] ?? 0;
        const edge = model.edges[feature]?.[tree.bin[node] ?? 0] ?? Infinity;
        const goesLeft = Number.isNaN(value) ? tree.missingLeft[node] : value <= edge;
        node = (goesLeft ? tree.left[node] : tree.right[node]) ?? 0;
      }
      score += tree.value[node] ?? 0;
    }
    return score;
  });
  assert.deepEqual(Array.from(boostedTreesRegressor.load(model)(table)), walked);
  assert.ok(new Set(model.rounds.flatMap(([tree]) => tree?.feature ?? [])).has(18), "the last feature is asked");
});

test("a leaf's value is the mean of what is left to explain of its rows", () => {
  const set = { features, labels };
  const model = boostedTreesRegressor.fit(set, { ...plain, rounds: 1, learningRate: 1 });
  const scores = boostedTreesRegressor.load(model)(features);
  const byLeaf = new Map<number, number[]>();
  for (const [row, score] of scores.entries()) byLeaf.set(score, [...(byLeaf.get(score) ?? []), row]);
  assert.ok(byLeaf.size > 10);
  for (const [score, rows] of byLeaf) {
    const mean = rows.reduce((sum, row) => sum + (labels[row] ?? 0), 0) / rows.length;
    assertNear([score], [mean], 1e-7);
  }
});

test("probabilities of a row add up to one", () => {
  const level = Int32Array.from(labels, (label) => (label >= 3.5 ? 2 : label >= 1.5 ? 1 : 0));
  const set = { features, labels: level, classes: ["low", "middle", "high"] };
  const probabilities = boostedTreesClassifier.load(boostedTreesClassifier.fit(set, { ...plain, rounds: 5 }))(
    questions,
  );
  const sums = Array.from({ length: 5 }, (_, row) => probabilities.reduce((sum, one) => sum + (one[row] ?? 0), 0));
  assertNear(sums, [1, 1, 1, 1, 1], 1e-12);
});

test("training twice gives the same model, another seed another", () => {
  const set = { features, labels: labels.map((label, row) => label + ((row * 71) % 13)) };
  const settings = { rounds: 60, minLeafRows: 5, validationShare: 0.3 };
  const model = boostedTreesRegressor.fit(set, settings);
  assert.deepEqual(boostedTreesRegressor.fit(set, settings), model);
  assert.notDeepEqual(boostedTreesRegressor.fit(set, { ...settings, seed: "other" }), model);
});

test("training stops when the validation rows gain nothing any more, and keeps the best round", () => {
  const random = prng("noise");
  const x = indexes.map(() => random.uniform());
  const noise = Float64Array.from(indexes, () => random.normal(0, 1));
  const model = boostedTreesRegressor.fit(
    { features: featureTable({ x }), labels: noise },
    { validationShare: 0.3, minLeafRows: 5 },
  );
  assert.ok(model.rounds.length < 20, `${model.rounds.length} rounds on noise`);
});

test("more than 255 values are cut at quantiles, each bin about as full", () => {
  const x = Array.from({ length: 25_500 }, (_, index) => (index / 25_500) ** 4);
  const set = { features: featureTable({ x }), labels: Float64Array.from(x) };
  const model = boostedTreesRegressor.fit(set, { rounds: 1, validationShare: 0 });
  const edges = model.edges[0] ?? [];
  assert.equal(edges.length, 254);
  // numpy.percentile(x, 100 k / 255, method="midpoint") lies between the k × 25499 / 255 th values.
  const middle = (index: number): number => (x[Math.floor(index)] ?? 0) / 2 + (x[Math.ceil(index)] ?? 0) / 2;
  assertNear(
    edges,
    Array.from({ length: 254 }, (_, index) => middle(((index + 1) * 25_499) / 255)),
    1e-15,
  );
});

test("a leaf keeps the least number of rows", () => {
  const model = boostedTreesRegressor.fit(
    { features: featureTable({ x: indexes }), labels: Float64Array.from(indexes, (index) => index ** 2) },
    { rounds: 1, maxLeaves: 32, minLeafRows: 40, validationShare: 0, learningRate: 1 },
  );
  const scores = boostedTreesRegressor.load(model)(featureTable({ x: indexes }));
  const sizes = new Map<number, number>();
  for (const score of scores) sizes.set(score, (sizes.get(score) ?? 0) + 1);
  assert.ok(sizes.size > 3 && [...sizes.values()].every((size) => size >= 40), [...sizes.values()].join(" "));
});

test("a constant label and a feature without values make a model that predicts the label", () => {
  const empty = featureTable({ x: [Number.NaN, Number.NaN], y: [1, 2] });
  const model = boostedTreesRegressor.fit({ features: empty, labels: Float64Array.of(0.1, 0.1) }, { minLeafRows: 1 });
  assert.deepEqual(model.rounds, []);
  assert.deepEqual(boostedTreesRegressor.load(model)(empty), Float64Array.of(0.1, 0.1));
});

test("what cannot be learned from is refused in plain words", () => {
  const one = featureTable({ x: [1, 2] });
  const classes = ["no", "yes"];
  assert.throws(() => featureTable({ x: [1, Infinity] }), { message: "The feature 'x' is infinite in row 2." });
  assert.throws(() => featureTable({ x: [1], y: [1, 2] }), { message: "The feature 'y' has 2 values for 1 rows." });
  assert.throws(() => featureTable({}), { message: "There are no features." });
  assert.throws(() => boostedTreesRegressor.fit({ features: one, labels: Float64Array.of(1, Number.NaN) }, {}), {
    message: "The label of row 2 is NaN, not a finite number.",
  });
  assert.throws(() => boostedTreesRegressor.fit({ features: featureTable({ x: [] }), labels: Float64Array.of() }, {}), {
    message: "There are no rows to learn from.",
  });
  assert.throws(() => boostedTreesClassifier.fit({ features: one, labels: Int32Array.of(1, 1), classes }, {}), {
    message: "All 2 rows are of one class, 'yes': nothing to tell apart.",
  });
  assert.throws(() => boostedTreesClassifier.fit({ features: one, labels: Int32Array.of(1, 2), classes }, {}), {
    message: "The label of row 2 is none of the 2 classes.",
  });
});

test("scoring takes features by name and misses one that is gone", () => {
  const model = boostedTreesRegressor.fit({ features, labels }, { ...plain, rounds: 5 });
  const score = boostedTreesRegressor.load(model);
  const turned = { names: ["x2", "x1"], columns: questions.columns.toReversed(), rowCount: questions.rowCount };
  assert.deepEqual(score(turned), score(questions));
  assert.throws(() => score(featureTable({ x1: [1] })), {
    message: "The feature 'x2', which the model was trained on, is gone.",
  });
});

test("a tree whose children lead back is refused", () => {
  const model = boostedTreesRegressor.fit({ features, labels }, { ...plain, rounds: 1, maxLeaves: 2 });
  const rounds = model.rounds.map((trees) => trees.map((tree) => ({ ...tree, left: [0, 0, 0] })));
  assert.throws(() => boostedTreesRegressor.load({ ...model, rounds }), {
    message: "The model holds a tree that is no tree.",
  });
});
