import type { Classifier, Regressor } from "./algorithm.ts";
import { majorityClassifier, meanRegressor } from "./baselines.ts";
import { boostedTreesClassifier, boostedTreesRegressor } from "./boosted-trees.ts";
import { exponentialSmoothingForecaster } from "./exponential-smoothing.ts";
import type { Forecaster } from "./forecast.ts";
import { logisticClassifier } from "./logistic-regression.ts";
import { ridgeRegressor } from "./ridge.ts";
import { flatMeanForecaster, seasonalNaiveForecaster } from "./simple-forecasters.ts";

/** Every algorithm by task and by the name that stands in its models; the first of a task is its baseline. */
export const algorithms = {
  regression: {
    mean: meanRegressor,
    ridge: ridgeRegressor,
    boosted_trees: boostedTreesRegressor,
  } satisfies Record<string, Regressor>,
  classification: {
    majority: majorityClassifier,
    logistic: logisticClassifier,
    boosted_trees: boostedTreesClassifier,
  } satisfies Record<string, Classifier>,
  forecast: {
    flat_mean: flatMeanForecaster,
    seasonal_naive: seasonalNaiveForecaster,
    exponential_smoothing: exponentialSmoothingForecaster,
  } satisfies Record<string, Forecaster>,
};
