import { join } from "node:path";

import { cellText, type Row } from "../runner/warehouse/cells.ts";
import { withDuckDB } from "../runner/warehouse/duckdb.ts";
import { environmentOf, findInputs, land } from "./inputs.ts";
import { runNode, tonearm, withScratchFolder } from "./measure.ts";
import type { BenchReport, Figure } from "./report.ts";

const models = ["daily_energy_forecast", "daily_plays_forecast", "daily_minutes_forecast", "mood_clustering"];

/** How well days are forecast beside every other way to forecast them, and how sound clusters are, on the real export. */
export async function learningDays(): Promise<BenchReport> {
  const inputs = await findInputs();
  return withScratchFolder(async (folder) => {
    const dataDirectory = join(folder, "data");
    await land(inputs, dataDirectory);
    const select = models.flatMap((model) => ["--select", model]);
    await runNode([...tonearm, "train", ...select], environmentOf(dataDirectory));
    return withDuckDB({ path: join(dataDirectory, "warehouse.duckdb"), readOnly: true }, async (database) => {
      const connection = await database.connect();
      const days = await connection.query(`
        select
            model_name, model_type, is_champion,
            avg(absolute_error) as mae,
            avg(is_inside::integer) as coverage,
            count(*) as days
        from gold.forecast_backtest
        group by model_name, model_type, is_champion
        order by model_name, mae`);
      const clusters = await connection.query("select * from gold.cluster_selection order by k");
      return { summaries: [], figures: [...forecastFigures(days), ...clusterFigures(clusters)] };
    });
  });
}

function forecastFigures(rows: readonly Row[]): readonly Figure[] {
  return models.slice(0, 3).flatMap((model) => {
    const own = rows.filter((row) => row["model_name"] === model);
    const champion = own.find((row) => row["is_champion"] === true);
    const flat = own.find((row) => row["model_type"] === "flat_mean");
    const digits = model === "daily_energy_forecast" ? 4 : 2;
    const others = own.map((row) => `${cellText(row["model_type"])} ${Number(row["mae"]).toFixed(digits)}`);
    const coverage = Number(champion?.["coverage"]);
    return [
      {
        name: `${model}: ${cellText(champion?.["model_type"])} serves`,
        value: Number(Number(champion?.["mae"]).toFixed(digits)),
        unit: "MAE",
        digits,
        target: Number(Number(flat?.["mae"]).toFixed(digits)),
        good: "at most",
        note: others.join(", "),
      },
      {
        name: `${model}: days outside 75 to 85 % in intervals`,
        value: Math.max(0, Math.abs(coverage - 0.8) - 0.05),
        unit: "share",
        target: 0,
        good: "at most",
        note: `${(100 * coverage).toFixed(1)} % of ${cellText(champion?.["days"])} days inside`,
      },
    ] satisfies Figure[];
  });
}

function clusterFigures(rows: readonly Row[]): readonly Figure[] {
  const chosen = rows.find((row) => row["is_chosen"] === true);
  const curve = rows.map((row) => `k ${cellText(row["k"])} ${Number(row["silhouette"]).toFixed(2)}`).join(", ");
  return [
    {
      name: `clusters of songs, k = ${cellText(chosen?.["k"])}, ${cellText(chosen?.["structure"])}`,
      value: Number(chosen?.["silhouette"]),
      unit: "silhouette",
      target: Number(chosen?.["shuffled_silhouette"]),
      good: "at least",
      note: `the target is that of shuffled columns; ${curve}`,
    },
    {
      name: "the same clusters from songs drawn anew",
      value: Number(chosen?.["bootstrap_ari"]),
      unit: "ARI",
      target: 0.7,
      good: "at least",
    },
  ];
}
