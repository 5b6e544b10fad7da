import assert from "node:assert/strict";
import { test } from "node:test";

import { majorityClassifier, meanRegressor } from "../../../runner/learning/algorithms/baselines.ts";
import { featureTable, takeRows } from "../../../runner/learning/algorithms/feature-table.ts";
import { logisticClassifier } from "../../../runner/learning/algorithms/logistic-regression.ts";
import { ridgeRegressor } from "../../../runner/learning/algorithms/ridge.ts";

const indexes = Array.from({ length: 60 }, (_, index) => index);
const a = indexes.map((index) => ((index * 37) % 61) / 10);
const b = indexes.map((index) => ((index * index * 11) % 59) / 7 - 3);
const labels = Float64Array.from(
  indexes,
  (index) => 2 + 0.5 * (a[index] ?? 0) - 1.25 * (b[index] ?? 0) + ((index * 7) % 11) / 5,
);
const features = featureTable({ a, b });
const questions = featureTable({ a: [0, 3, 10], b: [0, 1, -2] });

function assertNear(actual: ArrayLike<number> | undefined, expected: readonly number[], tolerance = 1e-9): void {
  assert.equal(actual?.length, expected.length);
  for (const [index, value] of expected.entries()) {
    const got = actual?.[index] ?? Number.NaN;
    assert.ok(Math.abs(got - value) <= tolerance, `${index}: ${got} is not ${value}`);
  }
}

test("ridge predicts what scikit-learn's does after StandardScaler", () => {
  // scikit-learn 1.9.1: make_pipeline(StandardScaler(), Ridge(alpha=5.0)).fit(X, y).predict(q)
  const model = ridgeRegressor.fit({ features, labels }, { alpha: 5 });
  assertNear(ridgeRegressor.load(model)(questions), [2.885808306252823, 3.2061808642571696, 10.111689974443305]);
});

test("ridge with hardly a penalty finds the line that made the labels", () => {
  const line = Float64Array.from(indexes, (index) => 3 + 2 * (a[index] ?? 0) - (b[index] ?? 0));
  const score = ridgeRegressor.load(ridgeRegressor.fit({ features, labels: line }, { alpha: 1e-9 }));
  assertNear(score(questions), [3, 8, 25], 1e-7);
});

test("missing values become the mean and say so in a column of their own", () => {
  // numpy and scikit-learn 1.9.1: a standardised by nanmean and nanstd, 0 where missing, an indicator; Ridge(alpha=2.0).
  const holed = featureTable({ a: a.map((value, index) => (index % 5 === 0 ? Number.NaN : value)), b });
  const score = ridgeRegressor.load(ridgeRegressor.fit({ features: holed, labels }, { alpha: 2 }));
  assertNear(score(featureTable({ a: [1, Number.NaN], b: [1, 1] })), [2.205857107137246, 2.37423392959944]);
});

test("a feature missing only in what is scored counts as its mean", () => {
  const score = ridgeRegressor.load(ridgeRegressor.fit({ features, labels }, {}));
  const mean = a.reduce((sum, value) => sum + value, 0) / a.length;
  assertNear(score(featureTable({ a: [Number.NaN], b: [1] })), Array.from(score(featureTable({ a: [mean], b: [1] }))));
});

test("a constant feature and one without values change nothing", () => {
  const more = featureTable({ a, b, same: a.map(() => 0.1), empty: a.map(() => Number.NaN) });
  const score = ridgeRegressor.load(ridgeRegressor.fit({ features: more, labels }, {}));
  const plain = ridgeRegressor.load(ridgeRegressor.fit({ features, labels }, {}));
  assertNear(score(more), Array.from(plain(features)));
});

// scikit-learn 1.9.1: make_pipeline(StandardScaler(), LogisticRegression(C=0.5, tol=1e-12)).predict_proba(q).T
const twoClasses = [
  [0.5026936605104877, 0.5042489162679353, 0.009029331246474426],
  [0.49730633948951225, 0.49575108373206467, 0.9909706687535256],
];
const threeClasses = [
  [0.43308443617847536, 0.33202637280856434, 0.0005442081170687367],
  [0.4011975266990441, 0.5224390674676495, 0.21415146165985466],
  [0.16571803712248057, 0.14553455972378615, 0.7853043302230766],
];

test("logistic regression gives scikit-learn's probabilities for two and for three classes", () => {
  const two = { features, labels: Int32Array.from(labels, (label) => (label > 3.5 ? 1 : 0)), classes: ["no", "yes"] };
  const three = {
    features,
    labels: Int32Array.from(labels, (label) => (label >= 5.5 ? 2 : label >= 2.5 ? 1 : 0)),
    classes: ["low", "middle", "high"],
  };
  for (const [set, expected] of [
    [two, twoClasses],
    [three, threeClasses],
  ] as const) {
    const probabilities = logisticClassifier.load(logisticClassifier.fit(set, { l2: 2 }))(questions);
    assert.equal(probabilities.length, expected.length);
    for (const [index, one] of expected.entries()) assertNear(probabilities[index], one, 1e-5);
  }
});

test("classes that a line parts are parted, and the weights stay finite", () => {
  const set = {
    features: featureTable({ x: [1, 2, 3, 4] }),
    labels: Int32Array.of(0, 0, 1, 1),
    classes: ["no", "yes"],
  };
  const model = logisticClassifier.fit(set, { l2: 1e-6 });
  const [, yes] = logisticClassifier.load(model)(set.features);
  assert.ok((yes?.[1] ?? 1) < 0.01 && (yes?.[2] ?? 0) > 0.99);
  assert.ok(model.weights.flat().every(Number.isFinite));
});

test("a class that no row has gets next to no probability", () => {
  const set = {
    features,
    labels: Int32Array.from(labels, (label) => (label > 3.5 ? 2 : 0)),
    classes: ["no", "never", "yes"],
  };
  const [, never] = logisticClassifier.load(logisticClassifier.fit(set, {}))(questions);
  assert.ok(
    Array.from(never ?? []).every((probability) => probability < 1e-4),
    String(never),
  );
});

test("the order of the rows does not matter", () => {
  const order = indexes.toReversed();
  const turned = { features: takeRows(features, order), labels: labels.toReversed() };
  const score = ridgeRegressor.load(ridgeRegressor.fit(turned, {}));
  assertNear(
    score(questions),
    Array.from(ridgeRegressor.load(ridgeRegressor.fit({ features, labels }, {}))(questions)),
  );
});

test("models that were written and read back predict the same", () => {
  const copy = (model: unknown): unknown => JSON.parse(JSON.stringify(model));
  const classSet = {
    features,
    labels: Int32Array.from(labels, (label) => (label > 3.5 ? 1 : 0)),
    classes: ["no", "yes"],
  };
  for (const [kind, settings] of [
    [meanRegressor, {}],
    [ridgeRegressor, { alpha: 1 }],
  ] as const) {
    const model = kind.fit({ features, labels }, settings);
    assert.deepEqual(kind.load(copy(model))(questions), kind.load(model)(questions));
  }
  for (const kind of [majorityClassifier, logisticClassifier]) {
    const model = kind.fit(classSet, {});
    assert.deepEqual(kind.load(copy(model))(questions), kind.load(model)(questions));
  }
});

test("the baselines know only the labels", () => {
  const set = { features: featureTable({ x: [7, 8, 9] }), labels: Float64Array.of(1, 2, 6) };
  assert.deepEqual(meanRegressor.fit(set), { algorithm: "mean", mean: 3 });
  assert.deepEqual(
    meanRegressor.load({ algorithm: "mean", mean: 3 })(featureTable({ x: [0, 1] })),
    Float64Array.of(3, 3),
  );
  const classes = majorityClassifier.fit({ ...set, labels: Int32Array.of(1, 1, 0), classes: ["no", "yes"] });
  assert.deepEqual(classes, { algorithm: "majority", classes: ["no", "yes"], shares: [1 / 3, 2 / 3] });
  assert.deepEqual(majorityClassifier.load(classes)(featureTable({ x: [5] })), [
    Float64Array.of(1 / 3),
    Float64Array.of(2 / 3),
  ]);
});

test("an unknown setting is refused", () => {
  assert.throws(() => ridgeRegressor.fit({ features, labels }, { alhpa: 1 }), /alhpa/);
});
