import { type CatalogueTracks, readCatalogueTracks } from "./catalogue-tracks.ts";
import { findInputs } from "./inputs.ts";
import { saveTracks } from "./save-tracks.ts";
import { measurePlays } from "./learning-plays.ts";
import { measureBoosting } from "./learning-speed.ts";
import { scoreMoods, scoreRegression } from "./learning-tasks.ts";
import { measureTraining } from "./learning-train.ts";
import { withScratchFolder } from "./measure.ts";
import type { BenchReport, Figure } from "./report.ts";

/** R² of HistGradientBoosting less 1 %, on the catalogue with folds by first artist. */
const regressionTargets = [
  { target: "valence", withGenre: false, least: 0.522 },
  { target: "energy", withGenre: false, least: 0.849 },
  { target: "valence", withGenre: true, least: 0.575 },
  { target: "energy", withGenre: true, least: 0.857 },
];

/**
 * How well our algorithms learn the catalogue, beside the baselines, and how fast; BENCH_PYTHON names a Python that has
 * scikit-learn, which then learns the same folds and is timed in turns with ours.
 */
export async function learning(rounds: number): Promise<BenchReport> {
  const { cataloguePath } = await findInputs();
  const tracks = await readCatalogueTracks(cataloguePath);
  return withScratchFolder(async (folder) => {
    await saveTracks(tracks, folder);
    const speed = await measureBoosting(folder, rounds);
    const plays = [...(await measurePlays()), ...(await measureTraining())];
    return { summaries: [], figures: [...speed, ...regressionFigures(tracks), ...moodFigures(tracks), ...plays] };
  });
}

function regressionFigures(tracks: CatalogueTracks): readonly Figure[] {
  return regressionTargets.map(({ target, withGenre, least }) => {
    const { boosted, ridge } = scoreRegression(tracks, target, withGenre);
    return {
      name: `${target} of a track ${withGenre ? "with" : "without"} genre`,
      value: boosted,
      unit: "R²",
      digits: 3,
      target: least,
      good: "at least",
      note: `mean 0.000, ridge ${ridge.toFixed(3)}`,
    };
  });
}

function moodFigures(tracks: CatalogueTracks): readonly Figure[] {
  const { boosted, logistic, majority } = scoreMoods(tracks);
  const figures = [
    { key: "macroF1", unit: "macro-F1", target: 0.573, good: "at least" },
    { key: "accuracy", unit: "accuracy", target: 0.623, good: "at least" },
    { key: "logLoss", unit: "log loss", target: 0.85, good: "at most" },
    { key: "calibrationError", unit: "ECE", target: 0.03, good: "at most" },
  ] as const;
  return figures.map(({ key, unit, target, good }) => ({
    name: "mood class with genre",
    value: boosted[key],
    unit,
    digits: 3,
    target,
    good,
    note: `majority ${majority[key].toFixed(3)}, logistic ${logistic[key].toFixed(3)}`,
  }));
}
