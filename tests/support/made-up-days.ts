import type { ColumnarRows } from "../../runner/learning/columnar-rows.ts";
import type { ForecastConfig } from "../../runner/learning/forecast-config.ts";
import { parseModelConfig } from "../../runner/learning/model-config.ts";
import { trainModel } from "../../runner/learning/train-model.ts";
import type { TrainingInput, TrainingResult } from "../../runner/learning/training.ts";
import { prng } from "../../runner/prng.ts";

const dayMs = 86_400_000;
const monday = Date.UTC(2023, 0, 2);

/** The local day that lies so many days after a Monday. */
export function dayAfter(days: number): string {
  return new Date(monday + days * dayMs).toISOString().slice(0, 10);
}

/** Rows of days from a Monday on, with plays as the function says and a little chance. */
export function madeUpDays(count: number, playsOn: (day: number) => number, seed = "days"): ColumnarRows {
  const random = prng(seed);
  const days = Array.from({ length: count }, (_, day) => day);
  return {
    listening_date: days.map(dayAfter),
    plays: days.map((day) => Math.max(0, Math.round(playsOn(day) + random.normal(0, 2)))),
  };
}

/** A listener who plays three times as much at weekends. */
export const weekly = (day: number): number => (day % 7 >= 5 ? 60 : 20);

/** A configuration that must be right. */
export function forecastConfig(more: object = {}): ForecastConfig {
  const config = parseModelConfig({
    task: "forecast",
    label: "plays",
    key: "listening_date",
    range: { min: 0, max: 2880 },
    ...more,
  });
  if ("problems" in config || config.task !== "forecast") throw new Error(JSON.stringify(config));
  return config;
}

/** A training of a forecast with nothing before it, unless said otherwise. */
export function trainDays(input: Pick<TrainingInput, "rows"> & Partial<TrainingInput>): TrainingResult {
  return trainModel({
    model: "daily_plays_forecast",
    config: forecastConfig(),
    champion: null,
    lastDecision: null,
    seed: "days",
    now: "2026-11-22T10:00:00.000Z",
    origin: { runId: "run", dataHash: "data", codeVersion: "0.1.0" },
    ...input,
  });
}
