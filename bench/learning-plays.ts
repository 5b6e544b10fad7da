import { join } from "node:path";

import { auc } from "../runner/learning/algorithms/auc.ts";
import { countRows, numbersOf, pickRows, columnOf } from "../runner/learning/columnar-rows.ts";
import { readColumns } from "../runner/learning/read-columns.ts";
import { prepareTrainingRows } from "../runner/learning/training-rows.ts";
import { parseTrainingConfig, type TrainingConfig } from "../runner/learning/training-config.ts";
import { fitModel, loadModel } from "../runner/learning/fitted-model.ts";
import { timeHoldout } from "../runner/learning/algorithms/folds.ts";
import { takeLabelled } from "../runner/learning/target-encoding.ts";
import { takeRows } from "../runner/learning/algorithms/feature-table.ts";
import { withDuckDB } from "../runner/warehouse/duckdb.ts";
import { environmentOf, findInputs, land } from "./inputs.ts";
import { runNode, tonearm, withScratchFolder } from "./measure.ts";
import type { Figure } from "./report.ts";

const skip = { task: "binary", label: "is_skipped", key: "row_id", group: "listening_day", time: "ended_at" };
const session = { task: "regression", label: "next_valence", key: "play_id", group: "session_id", time: "started_at" };

/** Skips on the newest fifth, at most 90 days, and the valence of the next play over five cuts, on the real export. */
export async function measurePlays(): Promise<readonly Figure[]> {
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const environment = environmentOf(folder);
    await land(inputs, folder);
    const select = ["--select", "+skip_classification +session_valence_regression"];
    await runNode([...tonearm, "build", ...select], environment);
    const path = join(environment["DATA_DIR"] ?? folder, "warehouse.duckdb");
    return withDuckDB({ path, readOnly: true }, async (database) => {
      const connection = await database.connect();
      const skips = await readColumns(connection, "select * from training.skip_classification order by row_id");
      const moods = await readColumns(
        connection,
        "select * from training.session_valence_regression order by started_at, play_id",
      );
      return [scoreSkips(skips), scoreMoods(moods)];
    });
  });
}

type Rows = Awaited<ReturnType<typeof readColumns>>;

function configOf(value: object): TrainingConfig {
  const config = parseTrainingConfig(value);
  if ("problems" in config) throw new Error(config.problems.join("\n"));
  return config;
}

function scoreSkips(rows: Rows): Figure {
  const config = configOf({ ...skip, classes: ["false", "true"], categories: ["reason_start", "platform_family"] });
  const prepared = prepareTrainingRows(config, rows);
  if ("problems" in prepared) throw new Error(prepared.problems.join("\n"));
  const { training, holdout } = timeHoldout(prepared.times ?? []);
  const areas = (["boosted_trees", "logistic"] as const).map((algorithm) => {
    const fitted = fitModel(takeLabelled(prepared, training), { algorithm, seed: "bench" });
    const [, skipped = new Float64Array()] = loadModel(fitted, { isRegression: false })(
      takeRows(prepared.features, holdout),
    );
    return auc(
      Int32Array.from(holdout, (row) => prepared.labels[row] ?? 0),
      skipped,
    )();
  });
  const note = `logistic ${(areas[1] ?? 0).toFixed(3)}; ${holdout.length} plays held out`;
  return { name: "skip of a play", value: areas[0] ?? 0, unit: "AUC", digits: 3, target: 0.83, good: "at least", note };
}

/** At 50, 60 … 90 % of the rows in time: learned from all before, judged by the next tenth, errors of all cuts together. */
function scoreMoods(rows: Rows): Figure {
  const config = configOf({ ...session, baseline: "running_valence", provenance: "feature_source" });
  const count = countRows(rows);
  let [own, baseline] = [0, 0];
  const single: string[] = [];
  for (const tenth of [5, 6, 7, 8, 9]) {
    const [cut, end] = [Math.floor((count * tenth) / 10), Math.floor((count * (tenth + 1)) / 10)];
    const prepared = prepareTrainingRows(
      config,
      pickRows(
        rows,
        Int32Array.from({ length: cut }, (_, row) => row),
      ),
    );
    const held = pickRows(
      rows,
      Int32Array.from({ length: end - cut }, (_, row) => cut + row),
    );
    const judged = prepareTrainingRows({ ...config, gates: { ...config.gates, min_rows: 1 } }, held);
    if ("problems" in prepared || "problems" in judged) throw new Error("The sessions cannot be learned from.");
    const fitted = fitModel(prepared, { algorithm: "ridge", seed: "bench" });
    const [predicted = new Float64Array()] = loadModel(fitted, { isRegression: true })(judged.features);
    const running = numbersOf(columnOf(held, "running_valence", "the baseline"), "running_valence");
    const squares = (of: Float64Array): number =>
      judged.labels.reduce((sum, label, row) => sum + (label - (of[row] ?? 0)) ** 2, 0);
    single.push((1 - squares(predicted) / squares(running)).toFixed(2));
    own += squares(predicted);
    baseline += squares(running);
  }
  return {
    name: "valence of the session's next play, against the running mean",
    value: 1 - own / baseline,
    unit: "R²",
    digits: 3,
    target: 0.17,
    good: "at least",
    note: `five cuts ${single.join(", ")}`,
  };
}
