import { prng } from "../../runner/prng.ts";
import { parseTrainingConfig, type TrainingConfig } from "../../runner/learning/training-config.ts";
import { trainModel } from "../../runner/learning/train-model.ts";
import type { TrainingInput, TrainingResult } from "../../runner/learning/training.ts";

/** Songs whose valence is 0.5 + 0.2 energy − 0.1 tempo + noise of 0.05; `hint` is energy with much noise, `luck` is chance. */
export type Songs = Readonly<Record<"song" | "artist", readonly string[]>> &
  Readonly<Record<"energy" | "tempo" | "hint" | "luck" | "valence", readonly number[]>>;

export function madeUpSongs(count: number, seed = "songs"): Songs {
  const random = prng(seed);
  const energy = Array.from({ length: count }, () => random.normal(0, 1));
  const tempo = energy.map(() => random.normal(0, 1));
  return {
    song: energy.map((_, row) => `song ${row}`),
    artist: energy.map((_, row) => `artist ${row % Math.ceil(count / 5)}`),
    energy,
    tempo,
    hint: energy.map((value) => value + random.normal(0, 0.3)),
    luck: energy.map(() => random.normal(0, 1)),
    valence: energy.map((value, row) => 0.5 + 0.2 * value - 0.1 * (tempo[row] ?? 0) + random.normal(0, 0.05)),
  };
}

/** A configuration that must be right. */
export function configOf(value: object): TrainingConfig {
  const config = parseTrainingConfig({ key: "song", group: "artist", ...value });
  if ("problems" in config) throw new Error(config.problems.join("\n"));
  return config;
}

/** The ridge regression of valence on these features. */
export function valenceConfig(features: readonly string[], more: object = {}): TrainingConfig {
  return configOf({ task: "regression", label: "valence", features, algorithms: ["ridge"], ...more });
}

export type Trained = Extract<TrainingResult, { readonly status: "trained" }>;

/** A training with nothing before it, unless said otherwise. */
export function training(input: Pick<TrainingInput, "config" | "rows"> & Partial<TrainingInput>): TrainingResult {
  return trainModel({
    model: "mood_regression",
    champion: null,
    lastDecision: null,
    seed: "songs",
    now: "2026-11-22T10:00:00.000Z",
    origin: { runId: "run-1", dataHash: "data-1", codeVersion: "0.1.0" },
    ...input,
  });
}

/** The same, and it must come to a decision. */
export function trained(input: Parameters<typeof training>[0]): Trained {
  const result = training(input);
  if (result.status !== "trained") throw new Error(JSON.stringify(result));
  return result;
}
