import * as z from "zod";

import { forecasters } from "./algorithms/forecasters.ts";
import { intervalMargin, summariseBacktest } from "./algorithms/rolling-origin.ts";
import { dayMs, presentDays } from "./day-series.ts";
import { forecastBaseline } from "./forecast-config.ts";
import { fitForecast, type ForecastCourse, type JudgedForecast } from "./forecast-course.ts";
import type { TrainedModel, VersionRecord } from "./model-version.ts";
import { nothingOfRows, sealVersion } from "./seal-version.ts";

const partSchema = z.strictObject({
  /** Checked by the algorithm that loads it. */
  model: z.unknown(),
  /** What intervals are widened by. */
  margin: z.number(),
});

/** The models of a forecast. */
export const forecastArtefactSchema = z.strictObject({
  format: z.literal(1),
  algorithm: z.string().refine((name): name is keyof typeof forecasters => Object.hasOwn(forecasters, name)),
  /** Learned from the days before those it was judged on. */
  judged: partSchema,
  /** Learned from all days. */
  serving: partSchema,
});

type ForecastArtefact = Readonly<z.infer<typeof forecastArtefactSchema>>;

/** What a version tells that does not come of the course. */
export interface ForecastOccasion extends Pick<
  VersionRecord,
  "model" | "trainedAt" | "origin" | "decision" | "metrics" | "seed" | "provenance"
> {}

/** Refits a judged forecast on all days, and tells everything about it. */
export function buildForecastVersion(
  course: ForecastCourse,
  judged: JudgedForecast,
  occasion: ForecastOccasion,
): TrainedModel {
  const { config, series } = course;
  const { algorithm, margin, rows } = judged.trial;
  const artefact = JSON.stringify({
    format: 1,
    algorithm,
    judged: { model: judged.model, margin },
    serving: {
      model: fitForecast(algorithm, series.values),
      margin: intervalMargin([...rows, ...judged.raw], config.range),
    },
  } satisfies ForecastArtefact);
  const told = {
    ...occasion,
    ...nothingOfRows,
    ...describeDays(course),
    task: "forecast",
    algorithm,
    isBaseline: algorithm === forecastBaseline,
    columns: { label: config.label, key: config.key, group: config.key, time: config.key },
    features: [],
    references: {},
    drift: [],
    range: config.range,
    config: { ...config },
  } as const;
  return sealVersion(told, artefact);
}

function describeDays({ config, series, judging }: ForecastCourse): Pick<VersionRecord, "rows" | "window" | "split"> {
  const days = presentDays(series);
  const moment = (place: number): number => (series.firstDay + place) * dayMs;
  const last = days.at(-1) ?? 0;
  const training = days.filter((day) => day < judging).length;
  return {
    rows: { total: days.length, training, holdout: days.length - training },
    window: { from: new Date(moment(days[0] ?? 0)).toISOString(), to: new Date(moment(last)).toISOString() },
    split: { kind: "origins", horizon: config.horizon, cut: moment(judging), end: moment(last) },
  };
}

/** The figures of a forecast on the days that judged it, beside the baseline's. */
export function forecastMetrics(judged: JudgedForecast, baseline: JudgedForecast): VersionRecord["metrics"] {
  const [test, base, chosen] = [judged.rows, baseline.rows, judged.trial.rows].map(summariseBacktest);
  return {
    test_mae: test?.mae ?? null,
    test_rmse: test?.rmse ?? null,
    cv_rmse: chosen?.rmse ?? null,
    baseline_mae: base?.mae ?? null,
    baseline_rmse: base?.rmse ?? null,
    coverage: test?.coverage ?? null,
  };
}
