import { exponentialSmoothingForecaster } from "./exponential-smoothing.ts";
import type { Forecaster } from "./forecast.ts";
import { flatMeanForecaster, seasonalNaiveForecaster } from "./simple-forecasters.ts";

/** Every way to forecast days; the mean of all days is the baseline. */
export const forecasters = {
  flat_mean: { forecaster: flatMeanForecaster, settings: {} },
  mean_28_days: { forecaster: flatMeanForecaster, settings: { days: 28 } },
  mean_90_days: { forecaster: flatMeanForecaster, settings: { days: 90 } },
  seasonal_naive: { forecaster: seasonalNaiveForecaster, settings: {} },
  exponential_smoothing: { forecaster: exponentialSmoothingForecaster, settings: {} },
} as const satisfies Record<string, { readonly forecaster: Forecaster; readonly settings: unknown }>;

export type ForecastAlgorithm = keyof typeof forecasters;
