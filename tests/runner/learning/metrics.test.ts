import assert from "node:assert/strict";
import { test } from "node:test";

import { auc } from "../../../runner/learning/algorithms/auc.ts";
import { calibrationCurve, expectedCalibrationError } from "../../../runner/learning/algorithms/calibration.ts";
import {
  accuracy,
  brierScore,
  confusion,
  logLoss,
  macroF1,
  mostProbable,
} from "../../../runner/learning/algorithms/classification-metrics.ts";
import { featureTable } from "../../../runner/learning/algorithms/feature-table.ts";
import { bootstrapDifference, bootstrapMetric } from "../../../runner/learning/algorithms/group-bootstrap.ts";
import { weightedMean } from "../../../runner/learning/algorithms/metric.ts";
import { permutationImportance } from "../../../runner/learning/algorithms/permutation-importance.ts";
import {
  driftOf,
  populationStability,
  referenceDistribution,
} from "../../../runner/learning/algorithms/population-stability.ts";
import { mae, r2, rmse } from "../../../runner/learning/algorithms/regression-metrics.ts";
import { prng } from "../../../runner/prng.ts";

// Figures named "scikit-learn" were computed once with sklearn.metrics 1.9.1 on the rows that stand beside them.

function assertClose(actual: number | undefined, expected: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

test("errors of numbers are scikit-learn's", () => {
  const labels = Float64Array.of(3, -0.5, 2, 7, 4.25);
  const predictions = Float64Array.of(2.5, 0, 2, 8, 5);
  const weights = Float64Array.of(1, 2, 0, 3, 1);
  assertClose(rmse(labels, predictions)(), 0.6422616289332564);
  assertClose(mae(labels, predictions)(), 0.55);
  assertClose(r2(labels, predictions)(), 0.9328175895765473);
  assertClose(rmse(labels, predictions)(weights), 0.7849021777084254);
  assertClose(r2(labels, predictions)(weights), 0.9370273794002608);
});

test("the share of variance explained means nothing where there is none", () => {
  assert.ok(Number.isNaN(r2(Float64Array.of(2, 2), Float64Array.of(1, 3))()));
});

test("figures of classes are scikit-learn's", () => {
  const labels = Int32Array.of(0, 1, 2, 2, 1, 0, 2);
  const predicted = Int32Array.of(0, 2, 2, 1, 1, 0, 2);
  assertClose(macroF1(labels, predicted, 3)(), 0.7222222222222222);
  assertClose(macroF1(labels, predicted, 3)(Float64Array.of(1, 2, 3, 1, 1, 2, 1)), 0.709090909090909);
  assertClose(macroF1(labels, predicted, 4)(), 0.7222222222222222);
  assertClose(accuracy(labels, predicted)(), 5 / 7);
  assert.deepEqual(confusion(labels, predicted, { classCount: 3 }), [
    [2, 0, 0],
    [0, 1, 1],
    [0, 1, 2],
  ]);
});

test("log loss and the most probable class come from probabilities by class", () => {
  const probabilities = [
    Float64Array.of(0.7, 0.1, 0.3),
    Float64Array.of(0.2, 0.8, 0.3),
    Float64Array.of(0.1, 0.1, 0.4),
  ];
  assertClose(logLoss(Int32Array.of(0, 1, 0), probabilities)(), 0.594597099859626);
  assert.deepEqual(mostProbable(probabilities), Int32Array.of(0, 1, 2));
  assertClose(logLoss(Int32Array.of(1), [Float64Array.of(1), Float64Array.of(0)])(), -Math.log(1e-15));
  assertClose(brierScore(Int32Array.of(1, 0), Float64Array.of(0.75, 0.5))(), (0.0625 + 0.25) / 2);
});

test("the area under the curve counts ties half, as scikit-learn does", () => {
  const labels = Int32Array.of(0, 1, 0, 1, 1, 0, 1, 0);
  const scores = Float64Array.of(0.1, 0.4, 0.35, 0.8, 0.4, 0.4, 0.9, 0.2);
  assertClose(auc(labels, scores)(), 0.9375);
  assertClose(auc(labels, scores)(Float64Array.of(1, 2, 1, 3, 1, 2, 1, 1)), 0.9142857142857143);
  assertClose(auc(labels, scores.map(Math.exp))(), 0.9375);
  assert.ok(Number.isNaN(auc(Int32Array.of(1, 1), Float64Array.of(0, 1))()));
});

test("calibration compares stated with true shares, bin by bin", () => {
  // Two bins: (0, 0.5] says 0.2 and 0.4, one of two happened; (0.5, 1] says 0.9 twice, both happened.
  const curve = calibrationCurve(Float64Array.of(0.2, 0.4, 0.9, 0.9), [0, 1, 1, 1], 2);
  assert.deepEqual(curve, [
    { rows: 2, meanProbability: 0.30000000000000004, shareRight: 0.5 },
    { rows: 2, meanProbability: 0.9, shareRight: 1 },
  ]);
  assertClose(expectedCalibrationError(curve), 0.5 * 0.2 + 0.5 * 0.1);
  assert.equal(calibrationCurve(Float64Array.of(0, 1), [0, 1])[0]?.rows, 1);
});

test("a population that stayed has no drift, one that moved has what the formula says", () => {
  const training = Float64Array.from({ length: 100 }, (_, index) => index + 1);
  const reference = referenceDistribution(training);
  assert.equal(populationStability(reference, training), 0);
  // Only the first decile is left: its share goes from 0.1 to 1, the nine others from 0.1 to the floor of 0.0001.
  const expected = 0.9 * Math.log(10) + 9 * (0.0001 - 0.1) * Math.log(0.001);
  assertClose(populationStability(reference, Float64Array.of(1, 2, 3)), expected);
  assert.deepEqual([0.05, 0.1, 0.25, 0.26].map(driftOf), ["none", "moderate", "moderate", "significant"]);
});

test("missing values have a bin of their own, and few values few bins", () => {
  const reference = referenceDistribution(Float64Array.of(0, 0, 0, 1, Number.NaN));
  assert.deepEqual(reference, { edges: [0], shares: [0.6, 0.2, 0.2] });
  const expected = (0.6 - 0.2) * Math.log(3) + (0.2 - 0.6) * Math.log(1 / 3);
  assertClose(populationStability(reference, Float64Array.of(0, Number.NaN, Number.NaN, Number.NaN, 1)), expected);
  assert.deepEqual(referenceDistribution(Float64Array.of(Number.NaN)), { edges: [], shares: [0, 1] });
});

test("the interval of a mean over groups is the one of theory", () => {
  // 400 groups of two equal rows: the mean's standard error is that of 400 independent values, not of 800.
  const random = prng("groups");
  const means = Float64Array.from({ length: 400 }, () => random.normal(0, 1));
  const rows = Float64Array.from({ length: 800 }, (_, row) => means[row >> 1] ?? 0);
  const groups = Array.from(rows, (_, row) => `day ${row >> 1}`);
  const interval = bootstrapMetric((weights) => weightedMean(rows, weights), { groups, seed: "interval" });
  const mean = weightedMean(means);
  const error = Math.sqrt(weightedMean(means.map((value) => (value - mean) ** 2)) / 400);
  assertClose(interval.value, mean);
  assert.ok(Math.abs(interval.lower - (mean - 1.96 * error)) < 0.01, `${interval.lower}`);
  assert.ok(Math.abs(interval.upper - (mean + 1.96 * error)) < 0.01, `${interval.upper}`);
});

test("a difference that every group shows is sure, one that a single group shows is not", () => {
  const groups = Array.from({ length: 40 }, (_, row) => `artist ${row >> 1}`);
  const worse = new Float64Array(40).fill(2);
  const better = new Float64Array(40).fill(1);
  const lucky = worse.map((error, row) => (row < 2 ? 0 : error));
  const of = (errors: Float64Array) => (weights?: Float64Array) => weightedMean(errors, weights);
  assert.deepEqual(bootstrapDifference(of(worse), of(better), { groups, seed: "a" }), { value: 1, lower: 1, upper: 1 });
  assert.equal(bootstrapDifference(of(worse), of(lucky), { groups, seed: "a" }).lower, 0);
});

test("the order of the rows leaves an interval as it was", () => {
  const values = Float64Array.of(1, 5, 2, 8, 3, 9);
  const groups = ["a", "a", "b", "b", "c", "d"];
  const turned = { values: values.toReversed(), groups: groups.toReversed() };
  const options = { resamples: 200, seed: "order" };
  assert.deepEqual(
    bootstrapMetric((weights) => weightedMean(turned.values, weights), { ...options, groups: turned.groups }),
    bootstrapMetric((weights) => weightedMean(values, weights), { ...options, groups }),
  );
});

test("a feature the model ignores has no importance", () => {
  const features = featureTable({ used: [1, 2, 3, 4, 5, 6, 7, 8], ignored: [8, 1, 7, 2, 6, 3, 5, 4] });
  const labels = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const importances = permutationImportance(features, (table) => -rmse(labels, table.columns[0] ?? labels)(), {
    seed: "deal",
  });
  assert.deepEqual(
    importances.map(({ feature }) => feature),
    ["used", "ignored"],
  );
  assert.ok((importances[0]?.meanLoss ?? 0) > 1);
  assert.deepEqual(importances[1], { feature: "ignored", meanLoss: 0, deviation: 0 });
});
