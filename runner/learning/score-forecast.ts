import { calibrated } from "./algorithms/rolling-origin.ts";
import { TrainingDataError } from "./algorithms/training-data-error.ts";
import { type ColumnarRows, columnOf, timesOf } from "./columnar-rows.ts";
import { dayMs, daySeries } from "./day-series.ts";
import { load } from "./forecast-course.ts";
import { forecastArtefactSchema } from "./forecast-version.ts";
import type { ModelVersion } from "./model-version.ts";

/** What a day is expected to have, with its 80 % interval; null for days that are known. */
export interface ForecastScore {
  readonly prediction: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** A forecast for each row whose day lies after the newest day with a value, from all days up to that one. */
export function scoreForecast(
  { version, record, artefact }: ModelVersion,
  rows: ColumnarRows,
): readonly ForecastScore[] {
  const { key, label } = record.columns;
  const { algorithm, serving } = forecastArtefactSchema.parse(JSON.parse(artefact));
  const range = record.range ?? { min: -Infinity, max: Infinity };
  try {
    const { firstDay, values } = daySeries(rows, { key, label, range });
    const known = values.subarray(0, values.findLastIndex((value) => !Number.isNaN(value)) + 1);
    const days = known.length === 0 ? [] : load(algorithm, serving.model)(known, values.length - known.length);
    return Array.from(timesOf(columnOf(rows, key, "the key"), key), (time) => {
      const day = days[Math.floor(time / dayMs) - firstDay - known.length];
      if (day === undefined) return { prediction: null, lower: null, upper: null };
      const { value, lower, upper } = calibrated(day, serving.margin, range);
      return { prediction: value, lower, upper };
    });
  } catch (error) {
    if (!(error instanceof TrainingDataError)) throw error;
    const message = `Version ${version} of ${record.model} cannot forecast these days. ${error.message}`;
    throw new TrainingDataError(message, { cause: error });
  }
}
